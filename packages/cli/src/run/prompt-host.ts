/** Where prompts run: a server, or this process. */
import type { JsonObject, NodeDescription } from '@snug/protocol';

/** What happens to one prompt while it is under way. Nodes are those that were submitted, by id. */
export type RunEvent =
  | { readonly type: 'queued'; readonly promptId: string }
  | { readonly type: 'started' }
  | { readonly type: 'cached'; readonly nodes: readonly string[] }
  | { readonly type: 'node-started'; readonly node: string }
  | { readonly type: 'progress'; readonly node: string; readonly value: number; readonly max: number }
  | { readonly type: 'node-finished'; readonly node: string }
  | { readonly type: 'output'; readonly node: string; readonly output: JsonObject }
  | { readonly type: 'warning'; readonly message: string };

/** One thing that is wrong with a prompt; what does not apply is empty. */
export interface Refusal {
  readonly node: string;
  readonly classType: string;
  readonly input: string;
  readonly reason: string;
}

/** How a prompt ended. `outputs` is what nodes showed, by node id. */
export type RunEnd =
  /** `refusals` tells of output nodes that did not run, when others did. */
  | { readonly kind: 'done'; readonly outputs: JsonObject; readonly refusals: readonly Refusal[] }
  | {
      readonly kind: 'failed';
      readonly node: string;
      readonly classType: string;
      readonly reason: string;
      readonly outputs: JsonObject;
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'cancelled'; readonly outputs: JsonObject }
  /** Nobody can tell how it ended. */
  | { readonly kind: 'lost'; readonly reason: string };

export interface PromptJob {
  readonly prompt: JsonObject;
  /** The front end's file, when there is one: it goes into the pictures that are saved. */
  readonly workflow: JsonObject | undefined;
}

export interface PromptControl {
  readonly onEvent: (event: RunEvent) => void;
  /** Cancels this prompt and no other. */
  readonly signal: AbortSignal;
}

/** A file that a node wrote, as its output lists it. */
export interface OutputFile {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

export interface PromptHost {
  /** What nodes there are, by class. */
  descriptions(): Promise<ReadonlyMap<string, NodeDescription>>;
  /** Brings a file to the input folder; resolves with the name to give to a node. */
  bring(path: string): Promise<string>;
  /** Runs a prompt to its end. Rejects only with a {@link HostError}. */
  run(job: PromptJob, control: PromptControl): Promise<RunEnd>;
  /** Where a person finds a file: its path, or its address when it is on another machine. */
  locate(file: OutputFile): Promise<string>;
  /** Copies a file to a folder of this machine; resolves with its path. */
  deliver(file: OutputFile, folder: string): Promise<string>;
  close(): Promise<void>;
}

/** The host cannot be used; the message says what to do. */
export class HostError extends Error {
  readonly code = 'host_unusable';
}
