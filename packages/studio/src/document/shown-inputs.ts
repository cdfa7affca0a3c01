/** Dynamic inputs as one node uses them. */
import type { InputDefinition } from '../catalogue/types.ts';
import type { WidgetValue } from './types.ts';

/**
 * The inputs that a node has with these values and these linked inputs, dynamic ones replaced by their members: what a
 * choice brings, and of growing inputs those in use and one more.
 */
export function shownInputs(
  declared: readonly InputDefinition[],
  values: ReadonlyMap<string, WidgetValue>,
  linked: Iterable<string>,
): InputDefinition[] {
  if (!declared.some(({ dynamic }) => dynamic)) return [...declared];
  const inUse = new Set(linked);
  const shown: InputDefinition[] = [];
  const waiting = declared.toReversed();
  for (let input = waiting.pop(); input; input = waiting.pop()) {
    const { dynamic } = input;
    if (dynamic?.kind === 'growing') {
      waiting.push(...members(input, inUse).reverse());
      continue;
    }
    shown.push(input);
    if (dynamic?.kind === 'choice') waiting.push(...(dynamic.branches.get(values.get(input.name)) ?? []).toReversed());
    else if (dynamic?.kind === 'slot' && inUse.has(input.name)) waiting.push(...dynamic.inputs.toReversed());
  }
  return shown;
}

function members(input: InputDefinition, inUse: ReadonlySet<string>): InputDefinition[] {
  if (input.dynamic?.kind !== 'growing') return [];
  const { names, min, member } = input.dynamic;
  const last = names.findLastIndex((name) => inUse.has(`${input.name}.${name}`));
  return names.slice(0, Math.max(min, last + 2)).map((key, at) => {
    const name = `${input.name}.${key}`;
    return { ...member, name, label: key, isRequired: input.isRequired && at < min };
  });
}
