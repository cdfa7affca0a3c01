/** Fingerprints of the prompt that ran last. A node that is as it was keeps its own: that costs no digest. */
import { Float } from '@snug/protocol';
import { Link } from '@snug/node-kit';
import type { RunNode } from './run-node.ts';

/** All that makes a fingerprint. Those of the sources are known under their own ids. */
interface Known {
  readonly type: RunNode['type'];
  readonly inputs: RunNode['inputs'];
  readonly change: string | undefined;
  readonly fingerprint: string;
}

export class KnownFingerprints {
  #last = new Map<string, Known>();
  #next = new Map<string, Known>();

  /** The fingerprint of a node whose sources have theirs; undefined when something of it is new. */
  of(node: RunNode, change: string | undefined, nodes: ReadonlyMap<string, RunNode>): string | undefined {
    const known = this.#last.get(node.id);
    if (!known || known.type !== node.type || known.change !== change) return undefined;
    if (known.inputs.size !== node.inputs.size) return undefined;
    for (const [name, value] of node.inputs) {
      const before = known.inputs.get(name);
      const isSame = value instanceof Link ? this.#isSameLink(before, value, nodes) : isSameLiteral(before, value);
      if (!isSame) return undefined;
    }
    this.#next.set(node.id, known);
    return known.fingerprint;
  }

  add({ id, type, inputs, fingerprint }: RunNode, change: string | undefined): void {
    this.#next.set(id, { type, inputs, change, fingerprint });
  }

  /** Keeps what was asked for or added since the last time, and nothing else: as much as one prompt has. */
  settle(): void {
    this.#last = this.#next;
    this.#next = new Map();
  }

  clear(): void {
    this.#last.clear();
  }

  #isSameLink(before: unknown, { node, slot }: Link, nodes: ReadonlyMap<string, RunNode>): boolean {
    if (!(before instanceof Link) || before.node !== node || before.slot !== slot) return false;
    const source = nodes.get(node)?.fingerprint;
    return source !== undefined && source === this.#last.get(node)?.fingerprint;
  }
}

/** Told without looking into lists and objects: a node that has some is digested each time. */
function isSameLiteral(before: unknown, value: unknown): boolean {
  if (value instanceof Float)
    return before instanceof Float && Object.is(before.value, value.value) && !Number.isNaN(value.value);
  return before === value && (value === null || (typeof value !== 'object' && typeof value !== 'undefined'));
}
