/**
 * What keeps a model from being used:
 * - `checkpoint_refused`: the file is damaged, hostile, or no model that this pack knows.
 * - `inference_runtime_missing`: `onnxruntime-node` is not installed, or does not start.
 * - `device_unavailable`: the installed runtime cannot use the device that was asked for.
 * - `not_enough_memory`: the model does not fit, told before it is loaded where that can be known.
 * - `inference_failed`: the runtime refused the graph or a call.
 */
export type EngineErrorCode =
  | 'checkpoint_refused'
  | 'inference_runtime_missing'
  | 'device_unavailable'
  | 'not_enough_memory'
  | 'inference_failed';

export class EngineError extends Error {
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}
