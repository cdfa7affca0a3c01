/**
 * THE catalogue of codes. A code is never given a second meaning, also not after it is gone. docs/errors.md says what to do
 * about each; a test compares the two with the sources.
 */

/**
 * Where a code is met. `prompt`: the `type` of `error` in a refused `POST /prompt`. `node`: the `type` of an entry of
 * `node_errors`. `thrown`: the `code` of an exception. `close`: a WebSocket is closed. `service`: the `code` of an answer by
 * a part that is switched off.
 */
export type ErrorFamily = 'prompt' | 'node' | 'thrown' | 'close' | 'service';

export interface ErrorSpec {
  readonly family: ErrorFamily;
  /** HTTP status, or the close code of a WebSocket; undefined where neither is sent. */
  readonly status: number | undefined;
  /** The same thing, tried again later, can succeed. */
  readonly retryable: boolean;
  /** Also the `code` of an exception of ours. */
  readonly isThrown: boolean;
  readonly meaning: string;
}

interface MoreFacts {
  readonly retryable?: boolean;
  readonly isThrown?: boolean;
}

const row = (
  family: ErrorFamily,
  status: number | undefined,
  meaning: string,
  { retryable = false, isThrown = family === 'thrown' }: MoreFacts = {},
): ErrorSpec => ({ family, status, retryable, isThrown, meaning });

const RETRY = { retryable: true } as const;
const THROWN = { isThrown: true } as const;

export const errors = {
  // the whole prompt
  invalid_json: row('prompt', 400, 'The body is not JSON.', THROWN),
  no_prompt: row('prompt', 400, 'The body has no member `prompt`.'),
  invalid_prompt: row('prompt', 400, 'The body, the prompt or one of its nodes is not an object.'),
  invalid_prompt_id: row('prompt', 400, 'The id is not a UUID in lower case with hyphens.'),
  invalid_number: row('prompt', 400, 'The place in the queue is not a finite number.'),
  invalid_extra_data: row('prompt', 400, '`extra_data` is not an object.'),
  invalid_client_id: row('prompt', 400, 'The id of the client has more than 1000 characters.'),
  graph_too_large: row('prompt', 400, 'The prompt has more nodes than the server takes.'),
  missing_node_type: row('prompt', 400, 'A node has no `class_type`, or no pack provides it.'),
  prompt_no_outputs: row('prompt', 400, 'No output node is to be run.'),
  prompt_outputs_failed_validation: row('prompt', 400, 'No output node can run; `node_errors` says why.'),
  duplicate_prompt_id: row('prompt', 409, 'Another prompt with the id waits or runs.'),
  queue_full: row('prompt', 503, 'As many prompts wait as the server keeps.', { ...RETRY, ...THROWN }),
  store_failed: row('prompt', 507, 'The disk did not take the prompt.', { ...RETRY, ...THROWN }),

  // one node of a prompt
  required_input_missing: row('node', 400, 'A required input is not in the prompt.'),
  bad_linked_input: row('node', 400, 'A link is not a pair of node id and slot.'),
  return_type_mismatch: row('node', 400, 'The linked output has another type than the input.'),
  invalid_input_type: row('node', 400, 'A value cannot be read as the type of its input.'),
  value_smaller_than_min: row('node', 400, 'A number is below the least that its input takes.'),
  value_bigger_than_max: row('node', 400, 'A number is above the most that its input takes.'),
  value_not_in_list: row('node', 400, 'A value is none of the choices of its input.'),
  custom_validation_failed: row('node', 400, 'The check of the node itself refused an input.'),
  exception_during_validation: row('node', 400, 'An output node could not be checked.'),
  exception_during_inner_validation: row('node', 400, 'A node that others need could not be checked.'),
  dependency_cycle: row('node', 400, 'The node needs its own result.'),

  // exceptions
  body_too_large: row('thrown', 413, 'A request body is longer than the server takes.'),
  interrupted: row('thrown', undefined, 'The prompt of a node was interrupted while the node ran.'),
  file_refused: row('thrown', undefined, 'The name of a file leads out of its folder.'),
  store_locked: row('thrown', undefined, 'Another server uses the same store.', RETRY),
  pack_not_found: row('thrown', undefined, 'A pack is neither a file nor an installed package.'),
  pack_not_loaded: row('thrown', undefined, 'The module of a pack fails, or holds no pack.'),
  bad_extra_model_paths: row('thrown', undefined, 'The file with further model folders cannot be understood.'),
  bad_users_file: row('thrown', undefined, 'The file with the users cannot be understood.'),
  bad_flag: row('thrown', undefined, 'A flag of the command line lacks its value.'),
  workflow_unreadable: row('thrown', undefined, 'A file holds no workflow.'),
  host_unusable: row('thrown', undefined, 'Prompts cannot be run where they were to be run.'),
  no_name_left: row('thrown', undefined, 'A thousand files have the name and its numbers.'),

  // the socket
  going_away: row('close', 1001, 'The server stops.', RETRY),
  protocol_violation: row('close', 1002, 'The client sent a frame that WebSockets do not know.'),
  invalid_text: row('close', 1007, 'The client sent a text that is not UTF-8.'),
  message_too_big: row('close', 1009, 'The client sent a message of 4 MiB or more.'),
  too_slow: row('close', 1013, 'The client did not read what waited for it.', RETRY),
  taken_over: row('close', 4409, 'A newer socket has the same client id.'),

  // parts that are switched off
  SERVICE_DISABLED: row('service', 503, 'The server keeps no assets.'),
} as const satisfies Readonly<Record<string, ErrorSpec>>;

export type ErrorCode = keyof typeof errors;

/** The values of `exception_type` that the server itself uses; all others are names of what a node threw. */
export const exceptionTypes = {
  /** A block with a message met its first consumer; the prompt goes on. */
  blocked: 'ExecutionBlocked',
  /** Nodes that expansion added wait for each other. */
  cycle: 'graph.DependencyCycleError',
  /** The process that ran the node ended, more often than it is tried again. */
  lost: 'RunnerLost',
} as const;
