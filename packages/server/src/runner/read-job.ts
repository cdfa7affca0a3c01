import type { RunJob } from '@snug/executor';
import { asObject, parseJson } from '@snug/protocol';
import type { RunnerJob } from './runner.ts';

/** A job as the executor takes it. */
export function readJob({ promptId, promptText, extraDataText, targets }: RunnerJob): RunJob {
  const prompt = asObject(parseJson(promptText)) ?? new Map();
  const extraData = asObject(parseJson(extraDataText)) ?? new Map();
  return { promptId, prompt, extraData, targets };
}
