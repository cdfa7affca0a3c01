/** What the server sends, by type. Life-cycle events of the connection are apart: a node may name its event as it likes. */
import type { MessageData } from '@snug/protocol';

export interface PreviewEvent {
  readonly blob: Blob;
  readonly nodeId: string;
  readonly displayNodeId: string | undefined;
  readonly parentNodeId: string | undefined;
  readonly realNodeId: string | undefined;
  readonly promptId: string | undefined;
}

/**
 * Data by type. Types of custom nodes are added by declaration merging:
 * `declare module '@snug/client' { interface ServerEvents { 'my_pack.tile': { x: number } } }`.
 * Other versions of a server may leave members out.
 */
export interface ServerEvents {
  status: MessageData<'status'>;
  execution_start: MessageData<'execution_start'>;
  execution_cached: MessageData<'execution_cached'>;
  executing: MessageData<'executing'>;
  progress: MessageData<'progress'>;
  progress_state: MessageData<'progress_state'>;
  executed: MessageData<'executed'>;
  execution_success: MessageData<'execution_success'>;
  execution_error: MessageData<'execution_error'>;
  execution_interrupted: MessageData<'execution_interrupted'>;
  feature_flags: MessageData<'feature_flags'>;
  logs: MessageData<'logs'>;
  notification: { readonly value: string; readonly id?: string };
  /** Every preview. */
  b_preview: Blob;
  /** Previews that say what they are of. */
  b_preview_with_metadata: PreviewEvent;
  progress_text: { readonly nodeId: string; readonly text: string; readonly promptId: string | undefined };
  /** A frame that nobody knows, or that breaks its own layout. */
  unknown_binary: { readonly number: number | undefined; readonly bytes: Uint8Array };
  /** A text that is no message. */
  unknown_text: string;
  /** A message of a type that nobody listens to and that the table does not have. */
  unhandled: { readonly type: string; readonly data: unknown };
}

export type ServerEventType = keyof ServerEvents;
type DataOf<T extends string> = T extends keyof ServerEvents ? ServerEvents[T] : unknown;

/** As `CustomEvent` has it, which not every platform has. */
export interface ServerEvent<T extends string = string> {
  readonly type: T;
  readonly detail: DataOf<T>;
}

export type ServerListener<T extends string> = (data: DataOf<T>, type: T) => void;
export type ServerEventListener<T extends string> =
  | ((event: ServerEvent<T>) => void)
  | { handleEvent(event: ServerEvent<T>): void };

/** Types that are handled although nobody may listen. */
export const KNOWN_TYPES =
  /^(?:status|execut(?:ing|ed|ion_\w+)|progress(?:_state)?|feature_flags|logs|notification|unknown_text|resync|job)$/;
