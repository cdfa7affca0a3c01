/** What servers answer, and what the clients make of it. */
import type { Loose } from './loose.ts';

export declare namespace ComfyUIClientResponseTypes {
  interface SystemStatsRoot {
    system: System;
    devices: Device[];
  }
  interface System {
    os: string;
    python_version: string;
    embedded_python: boolean;
    comfyui_version: string;
    pytorch_version: string;
    required_frontend_version?: string;
    argv: string[];
    ram_total: number;
    ram_free: number;
    cloud_version?: string;
    comfyui_frontend_version?: string;
    workflow_templates_version?: string;
  }
  interface Device {
    name: string;
    type: string;
    index: number;
    vram_total: number;
    vram_free: number;
    torch_vram_total: number;
    torch_vram_free: number;
  }

  /** `['INT', options]`, `[['a', 'b']]`, and since 2025 also `['COMBO', { options: ['a', 'b'] }]`. */
  type NodeSlot = [string | string[], NodeOptions] | [string | string[]];
  type NodeOptions = Record<string, Loose>;
  interface NodeInputs {
    required?: Record<string, NodeSlot>;
    optional?: Record<string, NodeSlot>;
    hidden?: Record<string, Loose>;
  }
  interface NodeConfig {
    input: NodeInputs;
    output: (string[] | string)[];
    output_is_list: boolean[];
    output_name: string[];
    name: string;
    display_name: string;
    description: string;
    category: string;
    output_node: boolean;
  }
  interface ObjectInfo {
    [classType: string]: NodeConfig;
  }

  interface ApiError {
    type: string;
    message: string;
    details: string;
    extra_info?: { input_name?: string };
  }
  interface NodeError {
    errors: ApiError[];
    class_type: string;
    dependent_outputs: Loose[];
  }
  /** With `node_errors`, only a part of the prompt runs. */
  interface QueuePromptSuccess {
    prompt_id: string;
    number: number;
    node_errors: Record<string, NodeError>;
    exec_info?: { queue_remaining?: number };
  }
  interface QueuePromptError {
    error: string | ApiError;
    node_errors: Record<string, NodeError>;
  }
  type QueuePrompt = QueuePromptSuccess | QueuePromptError;
}

/** `[event, data]`, as the history has them. */
export type PromptMessage = [event_name: string, body: { prompt_id: Loose; timestamp: number; [more: string]: Loose }];

/** A prompt in the queue: its place, its id, the graph, `extra_data`, and the output nodes that run. */
export type PromptBody = [
  index: number,
  id: string,
  workflow: Record<string, Loose>,
  payload: Record<string, Loose>,
  outputs: string[],
];

/** A prompt that ended. */
export interface PromptQueueItem {
  prompt: PromptBody;
  outputs: Record<string, Loose>;
  status: { status_str: 'success' | 'error'; completed: boolean; messages: PromptMessage[] };
  meta?: Record<string, Loose>;
}
export interface PromptQueueHistory {
  [prompt_id: string]: PromptQueueItem;
}

/** What runs and what waits, in the order in which it will run. */
export interface PromptQueue {
  Running: { prompt: PromptBody; remove: { name: string; cb: () => Promise<void> } }[];
  Pending: { prompt: PromptBody }[];
}

export interface PromptStatus {
  running: boolean;
  pending: boolean;
  /** It neither runs nor waits. */
  done: boolean;
}

export interface ModelFolderInfo {
  name: string;
  folders: string[];
}
export interface ModelFile {
  name: string;
  pathIndex: number;
}
export interface TerminalSize {
  cols: number;
  row: number;
}
export interface LogEntry {
  /** When, as ISO text. */
  t: string;
  m: string;
}
export interface LogsRawResponse {
  size: TerminalSize;
  entries: LogEntry[];
}
