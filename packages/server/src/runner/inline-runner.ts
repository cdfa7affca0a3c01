import { createExecutor } from '@snug/executor';
import type { ExecutorOptions } from '@snug/executor';
import { asObject, parseJson } from '@snug/protocol';
import type { Runner } from './runner.ts';

/** Runs prompts in this process: for tests and for programs that embed the server with nodes of their own. */
export function createInlineRunner(options: ExecutorOptions): Runner {
  const executor = createExecutor(options);
  return {
    async run({ promptId, promptText, extraDataText, targets }, control) {
      const prompt = asObject(parseJson(promptText)) ?? new Map();
      const extraData = asObject(parseJson(extraDataText)) ?? new Map();
      try {
        await executor.run({ promptId, prompt, extraData, targets }, control);
      } catch (error) {
        return { kind: 'lost', reason: String(error) };
      }
      return { kind: 'ended' };
    },
    free: () => void executor.free(),
    close: () => executor.free(),
  };
}
