import { FlagError } from './flags.ts';
import { PackNotFound } from './packs.ts';
import { serve } from './commands/serve.ts';

const COMMANDS: Record<string, (args: readonly string[]) => Promise<number>> = { serve };

const HELP = `snug: ComfyUI workflows, run from TypeScript

  snug serve                  start the server (default http://127.0.0.1:8188)
`;

const [command = 'help', ...args] = process.argv.slice(2);
const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
if (!run) {
  console.log(HELP);
  process.exitCode = command === 'help' || command === '--help' ? 0 : 2;
} else {
  try {
    process.exitCode = await run(args);
  } catch (error) {
    if (!(error instanceof FlagError || error instanceof PackNotFound)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
