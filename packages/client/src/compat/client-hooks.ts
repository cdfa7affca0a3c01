/**
 * What stands between a client and its server. Each function gets what is about to happen and returns what shall happen in
 * its place, or nothing to let it be. Several are called one after another.
 */
import type { WorkflowOutput } from './workflow-types.ts';

type Changed<T> = T | undefined | void;

export interface ServerMessage {
  readonly type: string;
  readonly data: unknown;
}

export interface ClientHooks {
  /** Before a request is sent, questions about jobs too. */
  request?(request: {
    url: string;
    init: RequestInit;
  }): Changed<{ url: string; init: RequestInit }> | Promise<Changed<{ url: string; init: RequestInit }>>;
  /** After the head of an answer came. */
  response?(
    response: Response,
    request: { url: string; init: RequestInit },
  ): Changed<Response> | Promise<Changed<Response>>;
  /** Before a socket is opened: the place for a ticket. */
  socketOpen?(socket: { url: string }): Changed<{ url: string }> | Promise<Changed<{ url: string }>>;
  /** Before listeners hear a message of the server; `null` keeps it from them. Jobs hear it nevertheless. */
  event?(message: ServerMessage): Changed<ServerMessage | null>;
  /** Before a prompt is sent: the body of the request. */
  submit?(
    body: Readonly<Record<string, unknown>>,
  ): Changed<Readonly<Record<string, unknown>>> | Promise<Changed<Readonly<Record<string, unknown>>>>;
  /** Before the result of a prompt is handed out. */
  result?(output: WorkflowOutput): Changed<WorkflowOutput> | Promise<Changed<WorkflowOutput>>;
}

/** Hands a value through the hooks of one name. */
export async function throughHooks<T>(
  hooks: readonly ClientHooks[],
  value: T,
  call: (hook: ClientHooks, value: T) => Changed<T> | Promise<Changed<T>>,
): Promise<T> {
  let current = value;
  for (const hook of hooks) current = (await call(hook, current)) ?? current;
  return current;
}
