/** What the command and the thread that runs nodes for it say to each other. */
import type { ExecutionEvent, Folders } from '@snug/executor';
import type { OwnCheckResult } from '@snug/graph';
import type { DescribedNode, NodeCode } from '@snug/server';
import type { ServeOptions } from '../serve-options.ts';

export interface LocalConfig {
  readonly folders: Folders;
  readonly options: Pick<ServeOptions, 'packs' | 'cache' | 'embedMetadata' | 'previews'>;
  /** Set to stop the prompt that runs: a node may hold the thread, so that no message gets in. */
  readonly stopped: Int32Array;
}

export type PackStatics = Awaited<ReturnType<NodeCode['describe']>>['packs'];

/** JSON travels as text: numbers keep their kind that way. */
export type ToLocal =
  | { readonly type: 'describe'; readonly classTypes: readonly string[] | undefined }
  | {
      readonly type: 'check';
      readonly checks: readonly {
        readonly nodeId: string;
        readonly classType: string;
        readonly valuesText: string;
        readonly types: ReadonlyMap<string, string>;
      }[];
    }
  | {
      readonly type: 'run';
      readonly promptId: string;
      readonly promptText: string;
      readonly extraDataText: string;
      readonly targets: readonly string[];
    };

export type FromLocal =
  | { readonly type: 'described'; readonly nodes: readonly DescribedNode[]; readonly packs: PackStatics }
  | { readonly type: 'checked'; readonly results: readonly OwnCheckResult[] }
  | { readonly type: 'event'; readonly event: ExecutionEvent }
  | { readonly type: 'ran' };
