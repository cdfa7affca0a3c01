/** The jobs that have not ended, and how messages find them. */
import type { BinaryMessage, Message } from './incoming.ts';
import type { JobRun } from './job-run.ts';
import type { Verdict } from './reduce.ts';
import { member, numberAt, objectAt, textAt } from './wire.ts';

export class Pending {
  readonly #runs = new Map<string, JobRun>();
  readonly #onCount: (count: number) => void;
  #remaining = Infinity;

  constructor(onCount: (count: number) => void) {
    this.#onCount = onCount;
  }

  get size(): number {
    return this.#runs.size;
  }

  get(id: string): JobRun | undefined {
    return this.#runs.get(id);
  }

  [Symbol.iterator](): Iterator<JobRun> {
    return this.#runs.values();
  }

  add(run: JobRun): void {
    this.#runs.set(run.id, run);
    this.#onCount(this.#runs.size);
  }

  rename(id: string, before: string): void {
    const run = this.#runs.get(before);
    if (!run) return;
    this.#runs.delete(before);
    this.#runs.set(id, run);
  }

  remove(id: string): void {
    if (this.#runs.delete(id)) this.#onCount(this.#runs.size);
  }

  hear(message: Message): void {
    const { type, data } = message;
    if (type === 'status')
      return this.#queueMoved(numberAt(objectAt(objectAt(data, 'status'), 'exec_info'), 'queue_remaining'));
    if (type === 'resync') return this.nudge();
    const id = type === 'job' ? textAt(data, 'id') : textAt(data, 'prompt_id');
    if (id !== undefined) return this.#runs.get(id)?.hear(message);
    if (type === 'executing' && member(data, 'node') === null) return this.nudge();
    if (type === 'executing' || type === 'progress') this.#onlyRunning(textAt(data, 'node'))?.hear(message);
  }

  hearBinary(message: BinaryMessage): void {
    if (message.kind === 'unknown') return;
    const run = message.promptId === undefined ? this.#onlyRunning(message.nodeId) : this.#runs.get(message.promptId);
    run?.hearBinary(message);
  }

  linkChanged(isOpen: boolean): void {
    // what the next status tells may have moved meanwhile
    this.#remaining = Infinity;
    for (const run of this.#all()) run.linkChanged(isOpen);
  }

  /** Every job asks the server. */
  nudge(): void {
    for (const run of this.#all()) run.nudge();
  }

  stop(verdict: Verdict): void {
    for (const run of this.#all()) run.stop(verdict);
  }

  /** A copy: jobs end while they are told. */
  #all(): JobRun[] {
    return Array.from(this.#runs.values());
  }

  #queueMoved(remaining: number | undefined): void {
    const isShorter = remaining !== undefined && remaining < this.#remaining;
    this.#remaining = remaining ?? Infinity;
    for (const run of this.#all()) run.queueMoved(isShorter);
  }

  /** What names no job is of the one that runs, if only one does and the node is in it. */
  #onlyRunning(nodeId: string | undefined): JobRun | undefined {
    const running = this.#all().filter((run) => run.isRunning);
    const [run] = running;
    if (!run || running.length > 1) return undefined;
    // nodes that are added while it runs are named after the one that adds them
    return nodeId === undefined || run.hasNode(nodeId) || run.hasNode(nodeId.split('.', 1)[0]!) ? run : undefined;
  }
}
