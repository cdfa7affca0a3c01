/** The state of every node that has started, as `progress_state` tells it: kept as text, put together when it is sent. */
import { TextPieces } from './outgoing.ts';

export interface NodePlace {
  readonly id: string;
  readonly displayId: string;
  readonly parentId: string | null;
  readonly realId: string;
}

/** Bytes, at first: some twenty entries. */
const MIN_SETTLED = 4096;

export class ProgressMap {
  readonly #promptId: string;
  readonly #entries = new Map<string, string>();
  readonly #tails = new Map<string, string>();
  readonly #max = new Map<string, string>();
  #bytes = 0;
  /** In the order of their first start. */
  readonly #ids: string[] = [];
  readonly #finished = new Set<string>();
  /** So many of the first have finished: most of a map that grows, and the same in each of its texts. */
  #settledCount = 0;
  /** Their entries, with a comma after each. What was written once is not written over: messages look into it. */
  #settled = Buffer.alloc(0);
  #settledBytes = 0;

  constructor(promptId: string) {
    this.#promptId = promptId;
  }

  get size(): number {
    return this.#entries.size;
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
    const max = this.#max.get(node.id) ?? (fromCache ? '1' : '1.0');
    this.#set(node, max, max, 'finished');
  }

  #set(node: NodePlace, value: string, max: string, state: 'running' | 'finished'): void {
    let tail = this.#tails.get(node.id);
    if (tail === undefined) {
      const { id, displayId, parentId, realId } = node;
      const members = {
        node_id: id,
        prompt_id: this.#promptId,
        display_node_id: displayId,
        parent_node_id: parentId,
        real_node_id: realId,
      };
      tail = `,${JSON.stringify(members).slice(1)}`;
      this.#tails.set(node.id, tail);
    }
    const entry = `${JSON.stringify(node.id)}:{"value":${value},"max":${max},"state":"${state}"${tail}`;
    const before = this.#entries.get(node.id);
    this.#bytes += entry.length - (before?.length ?? 0);
    if (before === undefined) this.#ids.push(node.id);
    // it runs again: what was joined says otherwise
    if (this.#finished.delete(node.id)) this.#unsettle();
    if (state === 'finished') this.#finished.add(node.id);
    this.#entries.set(node.id, entry);
    this.#max.set(node.id, max);
  }

  toPieces(): TextPieces {
    this.#settle();
    const running = this.#ids.slice(this.#settledCount).map((id) => this.#entries.get(id)!);
    // the comma of the last entry is for one behind it
    const settledBytes = running.length ? this.#settledBytes : Math.max(0, this.#settledBytes - 1);
    const head = `{"prompt_id":${JSON.stringify(this.#promptId)},"nodes":{`;
    return new TextPieces([head, this.#settled.subarray(0, settledBytes), `${running.join(',')}}}`]);
  }

  /** Encodes what has finished since the last time, up to the first that has not. */
  #settle(): void {
    let text = '';
    for (; this.#settledCount < this.#ids.length; this.#settledCount++) {
      const id = this.#ids[this.#settledCount]!;
      if (!this.#finished.has(id)) break;
      text += `${this.#entries.get(id)!},`;
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
