/** What the server and its child processes say to each other. */
import type { ExecutionLimits, Folders } from '@snug/executor';
import type { OwnCheckResult } from '@snug/graph';
import type { NodeContext } from '@snug/node-kit';
import type { DescribedNode } from '../catalogue/catalogue.ts';
import type { PackStatics } from '../routes/extensions.ts';
import type { CacheChoice, RunnerJob } from '../runner/runner.ts';

export interface PacksConfig {
  /** Modules of packs, as URLs. */
  readonly packs: readonly string[];
  readonly folders: Folders;
}

export interface RunnerConfig extends PacksConfig {
  readonly cache: CacheChoice;
  readonly embedMetadata: boolean;
  readonly previews: NodeContext['previews'];
  /** Bounds of one run. Default: those of the executor. */
  readonly limits?: Partial<ExecutionLimits> | undefined;
}

export type ToRunner =
  | { readonly type: 'prepare'; readonly job: RunnerJob }
  /** Without a job, the one that was prepared last. */
  | { readonly type: 'run'; readonly run: number; readonly job: RunnerJob | undefined }
  | { readonly type: 'interrupt'; readonly run: number }
  | { readonly type: 'free' };

/** An encoded picture and the number by which an event names it. */
export type Picture = readonly [number: number, bytes: Uint8Array];

interface Events<Type extends string> {
  readonly type: Type;
  readonly run: number;
  /** Events as JSON, each followed by a comma. */
  readonly text: string;
  readonly pictures: readonly Picture[];
}

export type FromRunner =
  | { readonly type: 'ready' }
  | Events<'events'>
  /** With the last events. */
  | Events<'ended'>
  /** The run is to stop, and does work that cannot be stopped: said again and again while it does. */
  | { readonly type: 'holding'; readonly run: number }
  | { readonly type: 'broken'; readonly reason: string };

/** Whose place is marked in the ring. The last events lie before that of the end. */
export type Marked = Exclude<FromRunner, Events<'ended'>> | { readonly type: 'ended'; readonly run: number };

/** What the thread of the nodes says to the thread that passes it on. */
export type FromWorker =
  | Marked
  /** Events lie in the ring. */
  | { readonly type: 'look' };

export interface WorkerData {
  readonly config: RunnerConfig;
  /** Number of the run that is to stop. */
  readonly interrupted: Int32Array;
  /** 1 while the thread does work that cannot be stopped. */
  readonly held: Int32Array;
  readonly ring: SharedArrayBuffer;
}

export type ToCatalogue =
  | { readonly type: 'describe'; readonly request: number; readonly classTypes: readonly string[] | undefined }
  | {
      readonly type: 'check';
      readonly request: number;
      readonly checks: readonly {
        nodeId: string;
        classType: string;
        valuesText: string;
        types: ReadonlyMap<string, string>;
      }[];
    };

export type FromCatalogue =
  | { readonly type: 'ready' }
  | {
      readonly type: 'described';
      readonly request: number;
      readonly nodes: readonly DescribedNode[];
      readonly packs: readonly PackStatics[];
    }
  | { readonly type: 'checked'; readonly request: number; readonly at: number; readonly result: OwnCheckResult };

/** A configuration as the text that is handed to a child process. */
export function configText(config: PacksConfig): string {
  return JSON.stringify({ ...config, folders: { ...config.folders, models: [...config.folders.models] } });
}

export function readConfig(text: string): RunnerConfig {
  const config = JSON.parse(text) as RunnerConfig;
  return { ...config, folders: { ...config.folders, models: new Map(config.folders.models) } };
}
