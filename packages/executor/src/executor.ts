import type { NodeContext, NodeFiles, Pack } from '@snug/node-kit';
import type { OutputCache } from './cache/cache.ts';
import { createMemoryPressureCache } from './cache/memory-pressure.ts';
import type { EncodePreview } from './event-order.ts';
import type { EndEvent } from './events.ts';
import { KnownFingerprints } from './known-fingerprints.ts';
import { createRegistry } from './registry.ts';
import { Run } from './run.ts';
import { DEFAULT_EXECUTION_LIMITS } from './run-options.ts';
import type { ExecutionLimits, NodeState, RunControl, RunJob } from './run-options.ts';

export interface ExecutorOptions {
  readonly packs: readonly Pack[];
  readonly files: NodeFiles;
  /** Default: the classic cache that gives way when memory runs short. */
  readonly cache?: OutputCache | undefined;
  /** Encodes the pictures of progress. Default: pictures are left out. */
  readonly encodePreview?: EncodePreview | undefined;
  /** Whether saved files carry the prompt and the workflow. Default true. */
  readonly embedMetadata?: boolean | undefined;
  readonly previews?: NodeContext['previews'] | undefined;
  readonly limits?: Partial<ExecutionLimits> | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: (() => number) | undefined;
}

export interface Executor {
  /**
   * Runs a validated prompt. Resolves when it has ended in any way; rejects only for a fault of the executor itself.
   * One prompt at a time: the cache and the state of nodes are shared.
   */
  run(job: RunJob, control: RunControl): Promise<EndEvent>;
  /** Forgets all results and the state of nodes, and lets packs free what they hold. Not while a prompt runs. */
  free(): Promise<void>;
}

const PREVIEW_METHODS: Record<string, NodeContext['previews']['method']> = {
  none: 'none',
  auto: 'latent2rgb',
  latent2rgb: 'latent2rgb',
  taesd: 'taesd',
};

export function createExecutor(options: ExecutorOptions): Executor {
  const { packs, files, cache = createMemoryPressureCache(), embedMetadata = true, clock = Date.now } = options;
  const { encodePreview = async () => undefined, previews = { method: 'none', size: 512 } } = options;
  const registry = createRegistry(packs);
  const states = new Map<string, NodeState>();
  const fingerprints = new KnownFingerprints();
  const limits = { ...DEFAULT_EXECUTION_LIMITS, ...options.limits };

  return {
    run(job, control) {
      const asked = job.extraData.get('preview_method');
      const method =
        typeof asked === 'string' && Object.hasOwn(PREVIEW_METHODS, asked) ? PREVIEW_METHODS[asked]! : previews.method;
      const settings = {
        registry,
        cache,
        files,
        encodePreview,
        embedMetadata,
        clock,
        states,
        fingerprints,
        limits,
        previews: { ...previews, method },
      };
      return new Run(job, settings, control).toEnd();
    },
    async free() {
      cache.clear();
      states.clear();
      fingerprints.clear();
      // one pack that fails must not keep the others from it
      await Promise.allSettled(packs.map(async (pack) => pack.free?.()));
    },
  };
}
