import { createExecutor } from '@snug/executor';
import type { ExecutorOptions } from '@snug/executor';
import { readJob } from './read-job.ts';
import type { Runner } from './runner.ts';

/** Runs prompts in this process: for tests and for programs that embed the server with nodes of their own. */
export function createInlineRunner(options: ExecutorOptions): Runner {
  const executor = createExecutor(options);
  return {
    async run(job, control) {
      const taken = readJob(job);
      try {
        await executor.run(taken, control);
      } catch (error) {
        return { kind: 'lost', reason: String(error) };
      }
      return { kind: 'ended' };
    },
    free: () => void executor.free(),
    close: () => executor.free(),
  };
}
