/**
 * The thread of one graph at a time. What the runtime does holds the thread that asked for it, for seconds: here nobody else waits
 * for it. Never ended while it works, which would end the process.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { TransferListItem } from 'node:worker_threads';
import type { Tensor } from '@snug/node-kit';
import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from './engine-error.ts';
import type { EngineErrorCode } from './engine-error.ts';
import { importRuntime, providerOf } from './runtime.ts';
import type { Device, Runtime } from './runtime.ts';

/** Whole numbers for a graph. */
export interface IntTensor {
  readonly ints: BigInt64Array;
  readonly shape: readonly number[];
}
export type Inputs = Readonly<Record<string, Tensor | IntTensor>>;

export type ThreadRequest =
  | {
      readonly type: 'open';
      readonly graph: Uint8Array;
      /** Where the files of its weights are. */
      readonly folder: string;
      readonly device: Device;
      readonly threads: number;
    }
  | { readonly type: 'run'; readonly inputs: Inputs; readonly outputs: readonly string[] }
  | { readonly type: 'close' };

/** One for each request, in order. */
export type ThreadReply =
  | { readonly type: 'done'; readonly results: readonly (Tensor | undefined)[] }
  | { readonly type: 'failed'; readonly reason: string; readonly code?: EngineErrorCode | undefined };

export interface ThreadData {
  /** A number: 1 while a request is worked on, set by who asks. */
  readonly busy: Int32Array;
}

type Open = Extract<ThreadRequest, { type: 'open' }>;

let opened: { readonly runtime: Runtime; readonly session: InferenceSession } | undefined;

async function open({ graph, folder, device, threads }: Open): Promise<void> {
  const runtime = await importRuntime();
  const settings: InferenceSession.SessionOptions = {
    executionProviders: [providerOf(runtime, device)],
    intraOpNumThreads: threads,
    // folds the weights to 32 bits; the levels above take four times as long to load and gain nothing
    graphOptimizationLevel: 'basic',
    // an arena keeps the most that was ever needed, and asks for twice as much as it needs
    enableCpuMemArena: false,
    extra: {
      session: { model_external_initializers_file_folder_path: folder, 'session.intra_op.allow_spinning': '0' },
    },
  };
  opened = { runtime, session: await runtime.InferenceSession.create(graph, settings) };
}

async function run(inputs: Inputs, outputs: readonly string[]): Promise<(Tensor | undefined)[]> {
  if (!opened) throw new Error('no graph is open');
  const { runtime, session } = opened;
  const feeds: Record<string, InferenceSession.OnnxValueMapType[string]> = {};
  for (const [name, value] of Object.entries(inputs)) {
    feeds[name] =
      'ints' in value
        ? new runtime.Tensor('int64', value.ints, value.shape)
        : new runtime.Tensor('float32', value.data, value.shape);
  }
  const results = await session.run(feeds, [...outputs]);
  return outputs.map((name) => {
    const result = results[name];
    return result?.data instanceof Float32Array ? { data: result.data, shape: result.dims } : undefined;
  });
}

async function close(): Promise<void> {
  const closing = opened?.session;
  opened = undefined;
  await closing?.release();
}

async function answer(request: ThreadRequest): Promise<ThreadReply> {
  try {
    if (request.type === 'run') return { type: 'done', results: await run(request.inputs, request.outputs) };
    await (request.type === 'open' ? open(request) : close());
    return { type: 'done', results: [] };
  } catch (error) {
    if (error instanceof EngineError) return { type: 'failed', reason: error.message, code: error.code };
    return { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

const { busy } = workerData as ThreadData;

async function serve(request: ThreadRequest): Promise<void> {
  const reply = await answer(request);
  Atomics.store(busy, 0, 0);
  Atomics.notify(busy, 0);
  const buffers = reply.type === 'done' ? reply.results.flatMap((result) => result?.data.buffer ?? []) : [];
  parentPort?.postMessage(reply, buffers as TransferListItem[]);
}

parentPort?.on('message', (request: ThreadRequest) => void serve(request));
