/** Runs up to a node: servers run for output nodes only, so others get one that shows what they give. */
import { asLink } from '@snug/graph';
import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import type { Catalogue, NodeDefinition } from '../catalogue/types.ts';

export interface PartialPrompt {
  readonly prompt: JsonObject;
  readonly targets: readonly string[];
}

/** Nodes that show one kind of thing, and the input that takes it. The last takes what no other does. */
const PREVIEWS: readonly { readonly classType: string; readonly type: string; readonly input: string }[] = [
  { classType: 'PreviewImage', type: 'IMAGE', input: 'images' },
  { classType: 'MaskPreview', type: 'MASK', input: 'mask' },
  { classType: 'PreviewAudio', type: 'AUDIO', input: 'audio' },
  { classType: 'PreviewAny', type: '*', input: 'source' },
];

/**
 * The node with all that feeds it. Undefined when the prompt does not have it (it is muted, bypassed, or a front end's), or
 * when it is no output and the server has nothing to show what it gives.
 */
export function onlyUpTo(prompt: JsonObject, id: string, catalogue: Catalogue): PartialPrompt | undefined {
  const definition = catalogue.definitions.get(classOf(prompt.get(id)) ?? '');
  if (!definition) return undefined;
  const kept = feeding(prompt, id);
  const only: JsonObject = new Map([...prompt].filter(([one]) => kept.has(one)));
  if (definition.isOutput) return { prompt: only, targets: [id] };
  const shown = previewOf(definition, catalogue);
  if (!shown) return undefined;
  let target = `${id}:preview`;
  while (prompt.has(target)) target += '_';
  only.set(
    target,
    new Map<string, Json>([
      ['inputs', new Map([[shown.input, [id, shown.slot]]])],
      ['class_type', shown.classType],
    ]),
  );
  return { prompt: only, targets: [target] };
}

const classOf = (node: Json | undefined): string | undefined => {
  const type = asObject(node)?.get('class_type');
  return typeof type === 'string' ? type : undefined;
};

/** The node itself and all that it needs. */
function feeding(prompt: JsonObject, id: string): Set<string> {
  const found = new Set([id]);
  for (const one of found) {
    for (const value of asObject(asObject(prompt.get(one))?.get('inputs'))?.values() ?? []) {
      const [source] = asLink(value) ?? [];
      if (source !== undefined && prompt.has(source)) found.add(source);
    }
  }
  return found;
}

function previewOf(
  { outputs }: NodeDefinition,
  { definitions }: Catalogue,
): { readonly classType: string; readonly input: string; readonly slot: number } | undefined {
  for (const { classType, type, input } of PREVIEWS) {
    const takes = definitions.get(classType)?.inputs.some(({ name }) => name === input);
    const slot = outputs.findIndex((output) => type === '*' || output.type === type);
    if (takes && slot !== -1) return { classType, input, slot };
  }
  return undefined;
}
