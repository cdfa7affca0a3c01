import type { AnyNode } from './define-node.ts';

/** Rewrites prompts that name a class type which is gone. */
export interface NodeReplacement {
  readonly oldNodeId: string;
  readonly newNodeId: string;
  /** New input name to where its value comes from. */
  readonly inputs?: Readonly<Record<string, { fromInput: string } | { value: unknown }>> | undefined;
  /** Old output position to new output position. */
  readonly outputs?: Readonly<Record<number, number>> | undefined;
}

/** Nodes that belong together, and what a front end loads with them. Folders are `file:` URLs. */
export interface Pack {
  readonly name: string;
  readonly version?: string | undefined;
  readonly nodes: readonly AnyNode[];
  /** The module name on the wire. Default `custom_nodes.<name>`. */
  readonly module?: string | undefined;
  /** JavaScript that a front end loads, served at `/extensions/<name>/`. */
  readonly web?: URL | undefined;
  /** Example workflows, served at `/api/workflow_templates/<name>/`. */
  readonly templates?: URL | undefined;
  /** Subgraphs offered to every workflow: `*.json`. */
  readonly subgraphs?: URL | undefined;
  /** Translations: `<language>/*.json`. */
  readonly locales?: URL | undefined;
  readonly replacements?: readonly NodeReplacement[] | undefined;
  /** Lets go of what can be made again, such as loaded models: somebody asked for memory. Called between prompts. */
  readonly free?: (() => void | Promise<void>) | undefined;
}

/** Describes a pack. A module given to `--pack` exports it as `default` or as `pack`. */
export function definePack<const P extends Pack>(pack: P): P {
  const seen = new Set<string>();
  for (const { type } of pack.nodes) {
    if (seen.has(type))
      throw new TypeError(`Pack ${pack.name} defines node ${type} twice: give each node its own type.`);
    seen.add(type);
  }
  return pack;
}
