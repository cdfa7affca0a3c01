/** Node definitions by class type, with what the executor asks of them again and again worked out once. */
import { pythonStr } from '@snug/protocol';
import type { AnyNode, InputSpec, InputSpecs, OutputSpec, Pack } from '@snug/node-kit';

/** One output, in the order of the slots. */
export interface ExecutableOutput {
  readonly key: string;
  readonly type: OutputSpec['type'];
  readonly list: boolean;
  readonly guard: OutputSpec['guard'];
}

/**
 * All nodes in one shape, whatever their authors wrote and in whatever order: what reads them is compiled for that shape, and
 * not again for each pack.
 */
export interface ExecutableNode {
  readonly classType: string;
  /** As its author wrote it. */
  readonly definition: AnyNode;
  readonly run: AnyNode['run'];
  readonly needs: AnyNode['needs'];
  readonly fingerprint: AnyNode['fingerprint'];
  readonly validate: AnyNode['validate'];
  readonly inputs: ReadonlyMap<string, InputSpec>;
  readonly hidden: ReadonlyMap<string, string>;
  readonly outputs: readonly ExecutableOutput[];
  readonly isOutput: boolean;
  readonly takesLists: boolean;
  readonly isConcurrent: boolean;
  /** Equal nodes keep results apart. */
  readonly isPersonal: boolean;
  readonly isDynamic: boolean;
  readonly acceptsUndeclared: boolean;
  /** What it shows is sent again when its result comes from the cache. */
  readonly isShownAgain: boolean;
}

export type Registry = ReadonlyMap<string, ExecutableNode>;

export function createRegistry(packs: readonly Pack[]): Registry {
  const registry = new Map<string, ExecutableNode>();
  for (const pack of packs) {
    for (const definition of pack.nodes) registry.set(definition.type, compileNode(definition));
  }
  return registry;
}

function compileNode(definition: AnyNode): ExecutableNode {
  const specs = Object.entries(definition.inputs as InputSpecs);
  const shown = specs.filter(([, spec]) => spec.group !== 'hidden');
  const hidden = new Map(
    specs.filter(([, spec]) => spec.group === 'hidden').map(([name, spec]) => [name, pythonStr(spec.type)]),
  );
  const outputs = Object.entries(definition.outputs as Record<string, OutputSpec>);
  return {
    classType: definition.type,
    definition,
    // they may call their definition `this`
    run: definition.run.bind(definition),
    needs: definition.needs?.bind(definition),
    fingerprint: definition.fingerprint?.bind(definition),
    validate: definition.validate,
    inputs: new Map(shown),
    hidden,
    outputs: outputs.map(([key, { type, list, guard }]) => ({ key, type, list, guard })),
    isOutput: definition.outputNode === true,
    takesLists: definition.takesLists === true,
    isConcurrent: definition.concurrent === true,
    isPersonal: definition.notIdempotent === true || [...hidden.values()].includes('UNIQUE_ID'),
    isDynamic: shown.some(([, spec]) => spec.members !== undefined),
    acceptsUndeclared: definition.acceptsUndeclared === true,
    isShownAgain: definition.intermediateOutput === true,
  };
}

/** The description of an input by its name in the prompt; a dotted name is looked up in the dynamic input before it. */
export function specOf(node: ExecutableNode, name: string): InputSpec | undefined {
  const spec = node.inputs.get(name);
  if (spec || !node.isDynamic) return spec;
  const steps = name.split('.');
  let current = node.inputs.get(steps[0]!);
  for (let at = 1; current && at < steps.length; at++) current = memberOf(current, steps[at]!);
  return current;
}

function memberOf({ members }: InputSpec, step: string): InputSpec | undefined {
  if (!members) return undefined;
  if (members.by === 'autogrow') return members.names.includes(step) ? members.template : undefined;
  if (members.by === 'slot') return Object.hasOwn(members.inputs, step) ? members.inputs[step] : undefined;
  // the names of different choices may repeat: they are of one kind then
  return members.options.map(({ inputs }) => (Object.hasOwn(inputs, step) ? inputs[step] : undefined)).find(Boolean);
}
