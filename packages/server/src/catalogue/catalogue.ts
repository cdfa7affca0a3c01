/** What nodes there are: their descriptions, and the code of theirs that runs before a prompt does. */
import { compileNodeType } from '@snug/graph';
import type { NodeType, OwnCheck, OwnCheckResult } from '@snug/graph';
import { asObject, parseJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { PackStatics } from '../routes/extensions.ts';

/** A node as the code that owns it describes it. */
export interface DescribedNode {
  readonly classType: string;
  /** Its entry in `object_info`, as JSON text. */
  readonly text: string;
  readonly ownInputs: readonly string[] | 'all' | undefined;
  readonly ownTypes: boolean;
  /** The description depends on files: it is asked for again each time. */
  readonly varies: boolean;
}

/** Runs node code outside of prompts. */
export interface NodeCode {
  /** Describes nodes; all of them without an argument. A node that cannot be described is left out. */
  describe(classTypes?: readonly string[]): Promise<{ nodes: readonly DescribedNode[]; packs: readonly PackStatics[] }>;
  check(checks: readonly OwnCheck[]): Promise<readonly OwnCheckResult[]>;
  /** Loads the packs anew. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

interface Known {
  readonly text: string;
  readonly type: NodeType;
  readonly varies: boolean;
}

/** Descriptions ready to be checked against and to be sent. While node code hangs, the last good ones serve. */
export class Catalogue {
  readonly #code: NodeCode;
  #known = new Map<string, Known>();
  #varying: string[] = [];
  /** What packs bring beside nodes; a reload changes the list in place. */
  readonly packs: PackStatics[] = [];

  constructor(code: NodeCode) {
    this.#code = code;
  }

  async load(): Promise<void> {
    const { nodes, packs } = await this.#code.describe();
    this.#known = new Map(nodes.map((node) => [node.classType, compile(node)]));
    this.#varying = nodes.filter((node) => node.varies).map((node) => node.classType);
    this.packs.splice(0, Infinity, ...packs);
  }

  async reload(): Promise<void> {
    await this.#code.reload();
    await this.load();
  }

  typeOf(classType: string): NodeType | undefined {
    return this.#known.get(classType)?.type;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Asks again for descriptions that depend on files: those of the given class types, or all. */
  async refresh(classTypes?: Iterable<string>): Promise<void> {
    const wanted = classTypes && new Set(classTypes);
    const stale = this.#varying.filter((classType) => !wanted || wanted.has(classType));
    if (!stale.length) return;
    for (const node of (await this.#code.describe(stale)).nodes) {
      // a reload may have taken the node away in the meantime
      if (this.#known.has(node.classType)) this.#known.set(node.classType, compile(node));
    }
  }

  /** Asks again for those that a prompt needs. It may be anything yet. */
  refreshFor(prompt: Json): Promise<void> {
    const wanted = new Set<string>();
    for (const node of asObject(prompt)?.values() ?? []) {
      const classType = asObject(node)?.get('class_type');
      if (typeof classType === 'string') wanted.add(classType);
    }
    return this.refresh(wanted);
  }

  check(checks: readonly OwnCheck[]): Promise<readonly OwnCheckResult[]> {
    return this.#code.check(checks);
  }

  /** The body of `GET /object_info`, or of `GET /object_info/{classType}`. */
  toText(classType?: string): string {
    const entry = (name: string, { text }: Known): string => `${JSON.stringify(name)}:${text}`;
    if (classType === undefined) return `{${[...this.#known].map(([name, known]) => entry(name, known)).join(',')}}`;
    const known = this.#known.get(classType);
    return known ? `{${entry(classType, known)}}` : '{}';
  }

  close(): Promise<void> {
    return this.#code.close();
  }
}

function compile({ text, ownInputs, ownTypes, varies }: DescribedNode): Known {
  const own = ownInputs && { inputs: ownInputs === 'all' ? ownInputs : new Set(ownInputs), types: ownTypes };
  return { text, type: compileNodeType(asObject(parseJson(text)) ?? new Map(), own), varies };
}
