/** The state of every node that has started, as `progress_state` tells it: put into words when it is sent. */
import { TextPieces } from './outgoing.ts';

export interface NodePlace {
  readonly id: string;
  readonly displayId: string;
  readonly parentId: string | null;
  readonly realId: string;
}

interface Entry {
  readonly place: NodePlace;
  /** JSON text, as the maximum is. */
  value: string;
  max: string;
  state: 'running' | 'finished';
}

/** Bytes, at first: some twenty entries. */
const MIN_SETTLED = 4096;
/** Characters of an entry beside its ids. */
const ENTRY_LENGTH = 150;

export class ProgressMap {
  readonly #promptIdText: string;
  readonly #entries = new Map<string, Entry>();
  /** In the order of their first start. */
  readonly #order: Entry[] = [];
  #bytes = 0;
  /** So many of the first have finished: most of a map that grows, and the same in each of its texts. */
  #settledCount = 0;
  /** Their entries, with a comma after each. What was written once is not written over: messages look into it. */
  #settled = Buffer.alloc(0);
  #settledBytes = 0;

  constructor(promptId: string) {
    this.#promptIdText = JSON.stringify(promptId);
  }

  get size(): number {
    return this.#order.length;
  }

  /** Length of the text that {@link toPieces} makes, or nearly. */
  get bytes(): number {
    return this.#bytes;
  }

  start(node: NodePlace): void {
    this.#set(node, '0.0', '1.0', 'running');
  }

  update(node: NodePlace, value: number, max: number): void {
    this.#set(node, JSON.stringify(value), JSON.stringify(max), 'running');
  }

  finish(node: NodePlace, fromCache: boolean): void {
    const max = this.#entries.get(node.id)?.max ?? (fromCache ? '1' : '1.0');
    this.#set(node, max, max, 'finished');
  }

  #set(place: NodePlace, value: string, max: string, state: Entry['state']): void {
    const entry = this.#entries.get(place.id);
    if (!entry) {
      const added = { place, value, max, state };
      this.#entries.set(place.id, added);
      this.#order.push(added);
      const { id, displayId, parentId, realId } = place;
      this.#bytes += ENTRY_LENGTH + 2 * id.length + displayId.length + (parentId?.length ?? 0) + realId.length;
      return;
    }
    // it runs again: what was joined says otherwise
    if (entry.state === 'finished') this.#unsettle();
    entry.value = value;
    entry.max = max;
    entry.state = state;
  }

  toPieces(): TextPieces {
    this.#settle();
    const running = this.#order.slice(this.#settledCount).map((entry) => this.#text(entry));
    // the comma of the last entry is for one behind it
    const settledBytes = running.length ? this.#settledBytes : Math.max(0, this.#settledBytes - 1);
    const head = `{"prompt_id":${this.#promptIdText},"nodes":{`;
    return new TextPieces([head, this.#settled.subarray(0, settledBytes), `${running.join(',')}}}`]);
  }

  #text({ place, value, max, state }: Entry): string {
    const id = JSON.stringify(place.id);
    const parent = place.parentId === null ? 'null' : JSON.stringify(place.parentId);
    // most nodes are at their own place
    const display = place.displayId === place.id ? id : JSON.stringify(place.displayId);
    const real = place.realId === place.id ? id : JSON.stringify(place.realId);
    return (
      `${id}:{"value":${value},"max":${max},"state":"${state}","node_id":${id},"prompt_id":${this.#promptIdText},` +
      `"display_node_id":${display},"parent_node_id":${parent},"real_node_id":${real}}`
    );
  }

  /** Encodes what has finished since the last time, up to the first that has not. */
  #settle(): void {
    let text = '';
    for (; this.#settledCount < this.#order.length; this.#settledCount++) {
      const entry = this.#order[this.#settledCount]!;
      if (entry.state !== 'finished') break;
      text += `${this.#text(entry)},`;
    }
    if (!text) return;
    const until = this.#settledBytes + Buffer.byteLength(text);
    if (until > this.#settled.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(MIN_SETTLED, 2 * until));
      this.#settled.copy(larger, 0, 0, this.#settledBytes);
      this.#settled = larger;
    }
    this.#settled.write(text, this.#settledBytes);
    this.#settledBytes = until;
  }

  #unsettle(): void {
    this.#settledCount = 0;
    this.#settledBytes = 0;
    this.#settled = Buffer.alloc(0);
  }
}
