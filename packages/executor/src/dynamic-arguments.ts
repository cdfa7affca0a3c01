/** From the dotted names of dynamic inputs to the objects that nodes receive. */
import type { InputSpec } from '@snug/node-kit';
import type { ExecutableNode } from './registry.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Nests the arguments of a node with dynamic inputs. Only what the node declares is nested, so that no name of a prompt
 * reaches into a value that came over a link.
 */
export function nestArguments(type: ExecutableNode, flat: Values): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) if (!isBelowDynamic(type, name)) setOwn(nested, name, value);
  for (const [name, spec] of type.inputs) if (spec.members) nested[name] = membersOf(spec, name, flat);
  return nested;
}

/** Sets a property of any name: a plain assignment of `__proto__` would change the prototype. */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function isBelowDynamic(type: ExecutableNode, name: string): boolean {
  const dot = name.indexOf('.');
  return type.inputs.get(dot < 0 ? name : name.slice(0, dot))?.members !== undefined;
}

/** What was given below one dynamic input, in the order of its declaration. Recurses over the declaration only. */
function membersOf({ members }: InputSpec, path: string, flat: Values): Record<string, unknown> {
  const values = Object.create(null) as Record<string, unknown>;
  const add = (key: string, spec: InputSpec): void => {
    const name = `${path}.${key}`;
    if (spec.members) values[key] = membersOf(spec, name, flat);
    else if (Object.hasOwn(flat, name)) values[key] = flat[name];
  };
  if (members?.by === 'autogrow') {
    for (const key of members.names) if (Object.hasOwn(flat, `${path}.${key}`)) add(key, members.template);
    return values;
  }
  if (!members || !Object.hasOwn(flat, path)) return values;
  // the choice itself stands under the input's own name
  values[path.slice(path.lastIndexOf('.') + 1)] = flat[path];
  const [chosen] = [flat[path]].flat();
  const inputs = members.by === 'slot' ? members.inputs : members.options.find(({ key }) => key === chosen)?.inputs;
  for (const [key, spec] of Object.entries(inputs ?? {})) add(key, spec);
  return values;
}
