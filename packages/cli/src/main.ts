import { FlagError } from './flags.ts';
import { PackNotFound } from './packs.ts';

type Command = (args: readonly string[]) => Promise<number>;

// loaded when asked for: `snug doctor` has to work when a part of the others does not
const COMMANDS: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  run: async () => (await import('./commands/run.ts')).run,
  nodes: async () => (await import('./commands/nodes.ts')).nodes,
  codegen: async () => (await import('./commands/codegen.ts')).codegen,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
};

const HELP = `snug: ComfyUI workflows, run from TypeScript

  snug serve                  start the server (default http://127.0.0.1:8188)
  snug run FILE...            run workflows, and tell where their files are
  snug nodes [SEARCH]         list nodes, or show one
  snug codegen -o FILE        write TypeScript types of the nodes, for @snug/client
  snug doctor                 check that everything is there

\`snug COMMAND --help\` tells more.
`;

const [command = 'help', ...args] = process.argv.slice(2);
const load = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
if (!load) {
  console.log(HELP);
  process.exitCode = command === 'help' || command === '--help' ? 0 : 2;
} else {
  try {
    const run = await load();
    process.exitCode = await run(args);
  } catch (error) {
    if (!(error instanceof FlagError || error instanceof PackNotFound || isFileFault(error))) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/** A file that the command line names is missing or is not what it should be: the message says which and why. */
function isFileFault(error: unknown): error is Error {
  const { code } = error as { code?: unknown };
  return error instanceof Error && (code === 'ENOENT' || code === 'EACCES' || code === 'bad_extra_model_paths');
}
