import { catchInterrupts } from '../run/interrupt.ts';
import { SERVE_HELP } from '../serve-help.ts';
import { serveOptions } from '../serve-options.ts';
import { startServer } from '../start-server.ts';

/** `snug serve`: runs until it is told to stop. */
export async function serve(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(SERVE_HELP);
    return 0;
  }
  const { options, warnings } = serveOptions(args);
  for (const warning of warnings) console.warn(warning);
  const started = await startServer(options);
  if (started.kind === 'refused') {
    console.error(started.problem);
    return 1;
  }
  for (const address of started.addresses) console.log(`Snug is ready: ${address}`);
  // asked once it stops in order, asked again at once
  const { signal } = catchInterrupts(
    () => true,
    () => {},
  );
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await started.close();
  return 0;
}
