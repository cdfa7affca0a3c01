/** A network that is loaded into the runtime. */
import { holdThread } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from './engine-error.ts';
import type { FinishedGraph } from './onnx/graph.ts';
import { importRuntime, providerOf } from './runtime.ts';
import type { Device } from './runtime.ts';

export interface SessionOptions {
  readonly device: Device;
  readonly threads: number;
}

/** Whole numbers for a graph. */
export interface IntTensor {
  readonly ints: BigInt64Array;
  readonly shape: readonly number[];
}

export interface Session {
  /**
   * Runs the network once. Holds the thread while it runs: call it only where nothing else is waited for, and never end the
   * thread meanwhile, which would end the process.
   * @param outputs which ones are wanted
   */
  run(inputs: Readonly<Record<string, Tensor | IntTensor>>, outputs: readonly string[]): Promise<Tensor[]>;
  /** Gives the memory back. Not while it runs. */
  close(): Promise<void>;
}

/**
 * Loads a network; takes seconds.
 * @throws {EngineError}
 */
export async function createSession(graph: FinishedGraph, label: string, options: SessionOptions): Promise<Session> {
  const runtime = await importRuntime();
  const provider = providerOf(runtime, options.device);
  const settings: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: options.threads,
    // folds the weights to 32 bits; the levels above take four times as long to load and gain nothing
    graphOptimizationLevel: 'basic',
    // an arena keeps the most that was ever needed, and asks for twice as much as it needs
    enableCpuMemArena: false,
    extra: {
      session: { model_external_initializers_file_folder_path: graph.folder, 'session.intra_op.allow_spinning': '0' },
    },
  };
  const session = await holdThread(() => runtime.InferenceSession.create(graph.bytes, settings)).catch(
    (error: unknown) => fail(error, `${label} could not be loaded`),
  );
  return {
    async run(inputs, outputs) {
      const feeds: Record<string, InferenceSession.OnnxValueMapType[string]> = {};
      for (const [name, value] of Object.entries(inputs)) {
        feeds[name] =
          'ints' in value
            ? new runtime.Tensor('int64', value.ints, value.shape)
            : new runtime.Tensor('float32', value.data, value.shape);
      }
      const results = await holdThread(() => session.run(feeds, [...outputs])).catch((error: unknown) =>
        fail(error, `${label} failed`),
      );
      return outputs.map((name) => {
        const result = results[name];
        if (!(result?.data instanceof Float32Array))
          throw new EngineError('inference_failed', `${label} gave no ${name}.`);
        return { data: result.data, shape: result.dims };
      });
    },
    close: () => session.release(),
  };
}

function fail(error: unknown, what: string): never {
  const reason = error instanceof Error ? error.message : String(error);
  if (/alloc|out of memory/i.test(reason))
    throw new EngineError('not_enough_memory', `${what}: there is not enough memory (${reason}).`, { cause: error });
  throw new EngineError('inference_failed', `${what}: ${reason}`, { cause: error });
}
