/** One node in a run, as far as the messages tell. */
import type { Output } from '@snug/client';

export type RunNodeState = 'waiting' | 'running' | 'finished' | 'cached' | 'failed' | 'interrupted';

export interface RunNode {
  readonly state: RunNodeState;
  /** Of a node that counts its steps. */
  readonly steps: { readonly value: number; readonly max: number } | undefined;
  /** The newest live preview, for `<img>`. It stays good until the next one comes or the run makes way. */
  readonly previewUrl: string | undefined;
  /** What the node says while it runs. */
  readonly text: string | undefined;
  /** What it left, also in runs before: pictures, texts. */
  readonly outputs: readonly Output[];
  /** The run that they are of. */
  readonly outputsFrom: string | undefined;
  /** The one that the run waits for, or, when it has ended, that took longest. */
  readonly isCritical: boolean;
  /** By the clock of the page, in milliseconds. */
  readonly startedAt: number | undefined;
  readonly durationMs: number | undefined;
}

export const WAITING: RunNode = {
  state: 'waiting',
  steps: undefined,
  previewUrl: undefined,
  text: undefined,
  outputs: [],
  outputsFrom: undefined,
  isCritical: false,
  startedAt: undefined,
  durationMs: undefined,
};
