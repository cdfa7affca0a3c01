/** Sending a prompt, and what the answer means for the job. */
import { ClientError, RequestError, ValidationError } from './errors.ts';
import type { Problem } from './errors.ts';
import { writeText } from './json-text.ts';
import { entriesOf, isObject, listAt, member, objectAt, textAt } from './wire.ts';
import type { PromptData } from './workflow-source.ts';

export interface SubmitOptions {
  /** Where the job stands in the queue: lower numbers first. Default: at the end. */
  readonly number?: number | undefined;
  /** Before all that wait. Default false. */
  readonly front?: boolean | undefined;
  /** Ids of the output nodes to run; all by default. */
  readonly targets?: readonly string[] | undefined;
  /** Further members of `extra_data`: API keys, what is saved in pictures. */
  readonly extraData?: Readonly<Record<string, unknown>> | undefined;
}

export interface SubmissionFacts extends SubmitOptions {
  readonly promptId: string;
  readonly clientId: string;
  readonly prompt: PromptData;
  readonly workflow: PromptData | undefined;
  /** Method of previews, or false to leave it to the server. */
  readonly previews: string | false;
}

/** The body of `POST /prompt`, as JSON text with nothing lost. @throws {ClientError} `invalid_workflow` */
export function submissionText(facts: SubmissionFacts): string {
  const { promptId, clientId, prompt, workflow, previews, number, front, targets, extraData } = facts;
  const info = workflow && { workflow, ...objectAt(extraData, 'extra_pnginfo') };
  const body = {
    prompt,
    client_id: clientId,
    prompt_id: promptId,
    extra_data: {
      ...(previews === false ? {} : { preview_method: previews }),
      ...extraData,
      ...(info ? { extra_pnginfo: info } : {}),
    },
    number,
    front: front || undefined,
    partial_execution_targets: targets,
  };
  return writeText(body)!;
}

export type Submitted =
  | { readonly kind: 'accepted'; readonly promptId: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly error: Error }
  /** The queue is full, or too many requests came: it can be sent again after a while. */
  | { readonly kind: 'busy'; readonly error: RequestError }
  /** Nobody can tell whether the server has it. */
  | { readonly kind: 'doubtful'; readonly error: ClientError; readonly isAnswer: boolean; readonly mayRepost: boolean }
  /** An earlier attempt got through. */
  | { readonly kind: 'known' };

/** What a success says. */
export function readAccepted(body: unknown): Submitted {
  const promptId = textAt(body, 'prompt_id');
  if (promptId !== undefined)
    return { kind: 'accepted', promptId, problems: readProblems(member(body, 'node_errors')) };
  const facts = { status: 200, body, hint: 'Did a redirect or a log-in page answer?' };
  const error = new RequestError('bad_answer', '/prompt: the answer has no prompt_id.', facts);
  return { kind: 'doubtful', error, isAnswer: true, mayRepost: false };
}

/** What a failure says. @param isFirst nothing was sent before */
export function readFailed(error: unknown, isFirst: boolean): Submitted {
  if (!(error instanceof RequestError)) {
    const failed =
      error instanceof ClientError ? error : new ClientError('connection_failed', String(error), { cause: error });
    return { kind: 'doubtful', error: failed, isAnswer: false, mayRepost: true };
  }
  const { status, body } = error;
  const told = objectAt(body, 'error');
  const type = textAt(told, 'type');
  if (type === 'duplicate_prompt_id' && !isFirst) return { kind: 'known' };
  if (status === 429 || type === 'queue_full') return { kind: 'busy', error };
  if (status === 400 && isObject(body)) return { kind: 'refused', error: validationError(body, error) };
  // a proxy speaks for a server that may have taken it; a server that failed may have too
  if (status >= 500 && told === undefined)
    return { kind: 'doubtful', error, isAnswer: true, mayRepost: status === 502 || status === 503 || status === 504 };
  if (error.code === 'bad_answer') return { kind: 'doubtful', error, isAnswer: true, mayRepost: false };
  return { kind: 'refused', error };
}

export function validationError(body: unknown, cause?: unknown): ValidationError {
  const told = objectAt(body, 'error');
  const whole: Problem = {
    nodeId: textAt(objectAt(told, 'extra_info'), 'node_id') ?? '',
    classType: textAt(objectAt(told, 'extra_info'), 'class_type') ?? '',
    input: '',
    type: textAt(told, 'type') ?? 'invalid_prompt',
    message: textAt(told, 'message') ?? textAt(body, 'error') ?? 'The server refuses the workflow.',
  };
  const nodes = readProblems(member(body, 'node_errors'));
  const first = nodes[0];
  const more = nodes.length > 1 ? ` (and ${nodes.length - 1} more)` : '';
  const place = first ? `: node ${first.nodeId} (${first.classType}): ${first.message}${more}` : '';
  return new ValidationError(whole.message + place, nodes.length ? nodes : [whole], { cause });
}

/** Entries of `node_errors`. */
export function readProblems(nodeErrors: unknown): Problem[] {
  return entriesOf(nodeErrors).flatMap(([nodeId, entry]) =>
    listAt(entry, 'errors').map((one): Problem => {
      const input = textAt(objectAt(one, 'extra_info'), 'input_name') ?? '';
      const said = textAt(one, 'message') ?? '';
      const details = textAt(one, 'details') ?? '';
      // servers repeat the name of the input, or what they said
      const message = details === input || said.includes(details) ? said : `${said}: ${details}`;
      return { nodeId, classType: textAt(entry, 'class_type') ?? '', input, type: textAt(one, 'type') ?? '', message };
    }),
  );
}
