/** The state of every node that has started, as `progress_state` tells it: kept as text, joined when it is sent. */

export interface NodePlace {
  readonly id: string;
  readonly displayId: string;
  readonly parentId: string | null;
  readonly realId: string;
}

export class ProgressMap {
  readonly #promptId: string;
  readonly #entries = new Map<string, string>();
  readonly #tails = new Map<string, string>();
  readonly #max = new Map<string, string>();
  #bytes = 0;
  /** In the order of their first start. */
  readonly #ids: string[] = [];
  readonly #finished = new Set<string>();
  /** So many of the first have finished, and are here joined: most of a map that grows, and the same in its next text. */
  #settledCount = 0;
  #settled = '';

  constructor(promptId: string) {
    this.#promptId = promptId;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Length of the text that {@link toText} makes, or nearly. */
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

  toText(): string {
    const settled = this.#settled ? [this.#settled] : [];
    while (this.#settledCount < this.#ids.length && this.#finished.has(this.#ids[this.#settledCount]!))
      settled.push(this.#entries.get(this.#ids[this.#settledCount++]!)!);
    // joined, a string lies in one piece: added to, it would be put together anew in each text
    this.#settled = settled.join(',');
    let nodes = this.#settled;
    for (let at = this.#settledCount; at < this.#ids.length; at++)
      nodes += `${nodes ? ',' : ''}${this.#entries.get(this.#ids[at]!)!}`;
    return `{"prompt_id":${JSON.stringify(this.#promptId)},"nodes":{${nodes}}}`;
  }

  #unsettle(): void {
    this.#settledCount = 0;
    this.#settled = '';
  }
}
