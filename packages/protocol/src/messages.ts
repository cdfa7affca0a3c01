/**
 * THE table of text messages. Types, the decoder and the tests come from it; PROTOCOL.md says in words what each one means.
 * Every message is `{"type": name, "data": ...}`. Schemas are loose: a member that we do not know is no fault.
 */
import * as v from 'valibot';
import { anyObject, recordOf } from './record-schema.ts';

/**
 * Who a message is for. `client`: the client that submitted the prompt, or that asked. `owner`: the same, or everybody
 * when the prompt has no client. `broadcast`: everybody.
 */
export type MessageScope = 'client' | 'owner' | 'broadcast';

/**
 * What may happen to a message while its reader is behind. `ordered`: it is never dropped. `latest`: only the newest one
 * of its kind waits. `lossy`: it makes way before anything else has to wait.
 */
export type Delivery = 'ordered' | 'latest' | 'lossy';

export interface MessageSpec<S extends v.GenericSchema = v.GenericSchema> {
  readonly schema: S;
  readonly scope: MessageScope;
  readonly delivery: Delivery;
  /** Numbers in PROTOCOL.md. */
  readonly rules: readonly string[];
  /** The release of the reference that has the message, at the latest. */
  readonly since: string;
}

const OLDEST = '0.3.64';

const message = <S extends v.GenericSchema>(
  schema: S,
  scope: MessageScope,
  delivery: Delivery,
  rules: readonly string[],
): MessageSpec<S> => ({ schema, scope, delivery, rules, since: OLDEST });

/** Nodes may report values that are no numbers. */
const anyNumber = v.custom<number>((value) => typeof value === 'number');
const nodeId = v.string();
const promptId = v.string();
const nodeIds = v.array(nodeId);
/** Milliseconds since the epoch. */
const timestamp = v.number();

const nodeProgress = v.looseObject({
  value: anyNumber,
  max: anyNumber,
  state: v.string(),
  node_id: nodeId,
  prompt_id: promptId,
  display_node_id: nodeId,
  parent_node_id: v.nullable(nodeId),
  real_node_id: nodeId,
});

const logEntry = v.looseObject({ t: v.string(), m: v.string() });

export const serverMessages = {
  status: message(
    v.looseObject({
      status: v.looseObject({ exec_info: v.looseObject({ queue_remaining: v.number() }) }),
      sid: v.optional(v.string()),
    }),
    'broadcast',
    'latest',
    ['TX3', 'TX4', 'TX5'],
  ),
  execution_start: message(v.looseObject({ prompt_id: promptId, timestamp }), 'client', 'ordered', ['TX6']),
  execution_cached: message(v.looseObject({ nodes: nodeIds, prompt_id: promptId, timestamp }), 'client', 'ordered', [
    'TX7',
  ]),
  executing: message(
    v.looseObject({
      /** `null` ends the prompt. */
      node: v.nullable(nodeId),
      display_node: v.optional(nodeId),
      /** Missing in the message that greets a client whose prompt runs. */
      prompt_id: v.optional(promptId),
    }),
    'client',
    'ordered',
    ['TX8', 'TX9', 'TX10'],
  ),
  progress: message(
    v.looseObject({
      value: anyNumber,
      max: anyNumber,
      prompt_id: v.nullish(promptId),
      node: v.nullish(nodeId),
    }),
    'owner',
    'latest',
    ['TX11'],
  ),
  progress_state: message(v.looseObject({ prompt_id: promptId, nodes: recordOf(nodeProgress) }), 'owner', 'latest', [
    'TX12',
    'TX13',
    'TX14',
  ]),
  executed: message(
    v.looseObject({
      node: nodeId,
      display_node: v.optional(nodeId),
      /** What the node shows; `null` when it comes from the cache and shows nothing. */
      output: v.nullish(anyObject),
      prompt_id: promptId,
    }),
    'client',
    'ordered',
    ['TX15'],
  ),
  execution_success: message(v.looseObject({ prompt_id: promptId, timestamp }), 'client', 'ordered', ['TX16']),
  execution_error: message(
    v.looseObject({
      prompt_id: promptId,
      node_id: nodeId,
      node_type: v.string(),
      executed: nodeIds,
      exception_message: v.string(),
      exception_type: v.string(),
      traceback: v.array(v.string()),
      /** Each input as the list of its values; an empty list where there are none to tell. */
      current_inputs: v.union([v.array(v.unknown()), anyObject]),
      current_outputs: nodeIds,
      /** Missing when the prompt goes on: a block with a message. */
      timestamp: v.optional(timestamp),
    }),
    'owner',
    'ordered',
    ['TX17', 'TX18', 'TX19', 'TX20'],
  ),
  execution_interrupted: message(
    v.looseObject({ prompt_id: promptId, node_id: nodeId, node_type: v.string(), executed: nodeIds, timestamp }),
    'owner',
    'ordered',
    ['TX21'],
  ),
  feature_flags: message(anyObject, 'client', 'ordered', ['TX22']),
  logs: message(
    v.looseObject({
      entries: v.array(logEntry),
      size: v.nullish(v.looseObject({ cols: v.number(), rows: v.number() })),
    }),
    'client',
    'latest',
    ['TX23'],
  ),
} as const satisfies Readonly<Record<string, MessageSpec>>;

/** What a client may say over its socket: once, and first. */
export const clientMessages = {
  feature_flags: message(v.nullish(anyObject), 'client', 'ordered', ['TX24', 'TX25']),
} as const satisfies Readonly<Record<string, MessageSpec>>;

export type ServerMessageType = keyof typeof serverMessages;
export type ClientMessageType = keyof typeof clientMessages;

/** The data of a message: `MessageData<'progress'>`. */
export type MessageData<T extends ServerMessageType> = v.InferOutput<(typeof serverMessages)[T]['schema']>;

/** A text message of the server that the table knows. */
export type ServerMessage = {
  [T in ServerMessageType]: { readonly type: T; readonly data: MessageData<T> };
}[ServerMessageType];

/** A text message of a client. */
export type ClientMessage = {
  [T in ClientMessageType]: {
    readonly type: T;
    readonly data?: v.InferOutput<(typeof clientMessages)[T]['schema']>;
  };
}[ClientMessageType];

/** The state of one node in `progress_state`. */
export type NodeProgress = v.InferOutput<typeof nodeProgress>;
