/** From a submission to a job on disk, or to everything that is wrong with it. */
import { problem, replaceNodes, validatePrompt } from '@snug/graph';
import type { Problem } from '@snug/graph';
import { asObject, stringifyJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { BrokerError } from '../broker/broker.ts';
import type { Broker, Job } from '../broker/broker.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { PromptQueue } from './prompt-queue.ts';
import { numberText } from './submission.ts';
import type { Submission } from './submission.ts';

export type Accepted =
  | {
      readonly kind: 'accepted';
      readonly promptId: string;
      readonly numberText: string;
      readonly nodeErrors: JsonObject;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly error: Problem; readonly nodeErrors: JsonObject };

export interface AcceptContext {
  readonly catalogue: Catalogue;
  readonly queue: PromptQueue;
  readonly broker: Broker;
  readonly maxNodes?: number | undefined;
}

const refused = (status: number, error: Problem, nodeErrors: JsonObject = new Map()): Accepted => ({
  kind: 'refused',
  status,
  error,
  nodeErrors,
});

export async function acceptPrompt(
  submission: Submission,
  { catalogue, queue, broker, maxNodes }: AcceptContext,
): Promise<Accepted> {
  const { prompt, promptId, clientId, number, front, targets, extraData, secrets } = submission;
  // the counter moves for a refused prompt, too
  const counted = number === undefined ? broker.nextNumber() : undefined;
  const place = number ?? (front ? -counted! : counted!);

  const replacements = catalogue.packs.flatMap((pack) => pack.replacements ?? []);
  replaceNodes(prompt, replacements, (classType) => catalogue.typeOf(classType) !== undefined);
  await catalogue.refreshFor(prompt);
  const validation = await validatePrompt(prompt, {
    typeOf: (classType) => catalogue.typeOf(classType),
    check: (checks) => catalogue.check(checks),
    targets,
    maxNodes,
  });
  if (validation.kind === 'refused') return refused(400, validation.error, validation.nodeErrors);

  const job: Job = {
    promptId,
    number: place,
    numberText: number === undefined ? String(place) : numberText(number),
    promptText: stringifyJson(prompt),
    extraDataText: stringifyJson(extraData),
    secretsText: stringifyJson(secrets),
    targets: validation.targets,
    clientId,
    workflowId: workflowId(extraData),
    createTime: extraData.get('create_time') as number,
  };
  try {
    const { kind, job: stored } = await queue.submit(job);
    if (kind === 'duplicate' && stored.promptText !== job.promptText) {
      const details = 'A prompt with this id is waiting or running: use another id.';
      return refused(409, problem('duplicate_prompt_id', 'prompt_id is in use by another prompt', details));
    }
    return { kind: 'accepted', promptId, numberText: stored.numberText, nodeErrors: validation.nodeErrors };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return refused(error.code === 'queue_full' ? 503 : 507, problem(error.code, error.message));
  }
}

function workflowId(extraData: JsonObject): string | undefined {
  const workflow = asObject(asObject(extraData.get('extra_pnginfo'))?.get('workflow'));
  const id = workflow?.get('id');
  return typeof id === 'string' ? id : undefined;
}
