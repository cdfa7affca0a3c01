/** What is sent to run a document. */
import { parseWorkflow, workflowToPrompt } from '@snug/graph';
import type { ConversionWarning, WorkflowProblem } from '@snug/graph';
import type { JsonObject } from '@snug/protocol/json';
import type { Catalogue } from '../catalogue/types.ts';
import { onlyUpTo } from './partial-prompt.ts';
import type { DocumentProblem } from './problems.ts';
import { placeOf, promptIdOf } from './prompt-place.ts';
import type { NodePlace, WorkflowDocument } from './types.ts';
import { writeWorkflow } from './write-workflow.ts';

export interface PromptOptions {
  /** Numbers in [0, 1), for texts with choices (`{a|b}`); without it they are sent as they are. */
  readonly random?: (() => number) | undefined;
  /** Run only what this node needs. */
  readonly upTo?: NodePlace | undefined;
}

export type PromptMade =
  | {
      readonly kind: 'made';
      /** In API form, with every number as it is: give it to `client.run` as it stands. */
      readonly prompt: JsonObject;
      /** As front ends save it: belongs into `extra_pnginfo`, so that pictures carry it. */
      readonly workflow: JsonObject;
      /** Ids of the output nodes to run for; undefined runs all. */
      readonly targets: readonly string[] | undefined;
      readonly warnings: readonly ConversionWarning[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] };

/** Values are sent as they stand; {@link advanceControls} changes them for the next run. */
export function makePrompt(
  document: WorkflowDocument,
  catalogue: Catalogue,
  { random, upTo }: PromptOptions = {},
): PromptMade {
  const workflow = writeWorkflow(document);
  const parsed = parseWorkflow(workflow);
  if (Array.isArray(parsed)) return refused(document, parsed);
  const converted = workflowToPrompt(parsed, catalogue.descriptions, { random });
  if (converted.kind === 'refused') return refused(document, converted.problems);
  const { prompt, warnings } = converted;
  if (!upTo) return { kind: 'made', prompt, workflow, targets: undefined, warnings };
  const partial = onlyUpTo(prompt, promptIdOf(upTo), catalogue);
  if (partial) return { kind: 'made', workflow, warnings, ...partial };
  const nothing = { place: upTo, input: undefined, type: 'nothing_to_run', message: '', source: 'conversion' } as const;
  return { kind: 'refused', problems: [nothing] };
}

function refused(document: WorkflowDocument, problems: readonly WorkflowProblem[]): PromptMade {
  return {
    kind: 'refused',
    problems: problems.map(({ nodeId, type, message }) => {
      const place = nodeId === '' ? undefined : placeOf(document, nodeId);
      return { place, input: undefined, type, message, source: 'conversion' };
    }),
  };
}
