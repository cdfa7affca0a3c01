/** Events of the clients, and what comes with each. */
import type { Loose } from './loose.ts';

/** What a server sends, by type. */
export declare namespace ComfyUiWsTypes {
  export namespace Messages {
    interface Executed {
      node: string;
      display_node: string;
      output: Record<string, Loose>;
      prompt_id: string;
    }
    interface ExecutionInterrupted {
      prompt_id: string;
      node_id: string;
      node_type: string;
      executed: string[];
    }
    interface Executing {
      /** `null` ends the prompt. */
      node: string;
      display_node: string;
      prompt_id: string;
    }
    interface Progress {
      value: number;
      max: number;
      prompt_id: string;
      node: string;
    }
    interface ProgressState {
      prompt_id: string;
      nodes: Record<string, { value: number; max: number; state: string; node_id: string; [more: string]: Loose }>;
    }
    interface Status {
      status: { exec_info: { queue_remaining: number } };
    }
    interface ExecutionStart {
      prompt_id: string;
      timestamp: number;
    }
    interface ExecutionError {
      prompt_id: string;
      node_id: string;
      node_type: string;
      executed: string[];
      exception_message: string;
      exception_type: string;
      /** A list of lines; programs that print it as one text get them joined by commas. */
      traceback: Loose;
      current_inputs: Loose;
      current_outputs: Loose[];
    }
    interface ExecutionCached {
      nodes: string[];
      prompt_id: string;
      timestamp: number;
    }
    interface ExecutionSuccess {
      prompt_id: string;
      timestamp: number;
    }
  }
  export namespace BinaryMessages {
    interface ProgressText {
      nodeId: string;
      text: string;
      /** Where the server tells. */
      promptId?: string | undefined;
    }
    interface BinaryPreviewWithMetadata {
      blob: Blob;
      nodeId: string;
      displayNodeId: string;
      parentNodeId: string;
      realNodeId: string;
      promptId: string;
    }
  }
}

/** Arguments of listeners, by event. Any other type of a server is an event too, with its data. */
export interface ComfyUIClientEvents {
  /** `null` while the server cannot be heard. */
  status: [ComfyUiWsTypes.Messages.Status['status'] | null];
  progress: [ComfyUiWsTypes.Messages.Progress];
  progress_state: [ComfyUiWsTypes.Messages.ProgressState];
  executing: [ComfyUiWsTypes.Messages.Executing];
  executed: [ComfyUiWsTypes.Messages.Executed];
  execution_interrupted: [ComfyUiWsTypes.Messages.ExecutionInterrupted];
  execution_start: [ComfyUiWsTypes.Messages.ExecutionStart];
  execution_error: [ComfyUiWsTypes.Messages.ExecutionError];
  execution_cached: [ComfyUiWsTypes.Messages.ExecutionCached];
  execution_success: [ComfyUiWsTypes.Messages.ExecutionSuccess];
  logs: [{ entries: { t: string; m: string }[]; size?: Loose }];
  notification: [{ value: string; id?: string }];
  feature_flags: [Record<string, Loose>];
  /** Messages before this one were missed. */
  resync: [Loose];
  /** A job as a server that numbers its messages sees it. */
  job: [Loose];

  connected: [];
  reconnecting: [];
  reconnected: [];
  /** `close()` was called. */
  close: [];
  /** `type` is the HTTP status of a refused handshake, a code of the platform, or `error`. */
  connection_error: [{ type: string; message: string }];
  /** Every message, as the socket has it. */
  message: [MessageEvent];
  b_preview: [Blob];
  b_preview_with_metadata: [ComfyUiWsTypes.BinaryMessages.BinaryPreviewWithMetadata];
  progress_text: [ComfyUiWsTypes.BinaryMessages.ProgressText];
  image_data: [{ image: ArrayBuffer; mime: string }];
  /** A binary message of a kind that nobody knows. */
  unknown_binary: [{ number: number | undefined; bytes: Uint8Array }];
  /** A message that nobody listens to. */
  unhandled: [{ type: string; data: Loose }];
}

/** Names of the client's own events. A message of the server that is called so is no such event. */
export const OWN_EVENTS: ReadonlySet<string> = new Set([
  'connected',
  'reconnecting',
  'reconnected',
  'close',
  'connection_error',
  'message',
  'b_preview',
  'b_preview_with_metadata',
  'progress_text',
  'image_data',
  'unknown_binary',
  'unhandled',
] satisfies (keyof ComfyUIClientEvents)[]);
