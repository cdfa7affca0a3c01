import { serveOptions } from '../serve-options.ts';
import { startServer } from '../start-server.ts';

/** `snug serve`: runs until it is told to stop. */
export async function serve(args: readonly string[]): Promise<number> {
  const { options, warnings } = serveOptions(args);
  for (const warning of warnings) console.warn(warning);
  const started = await startServer(options);
  if (started.kind === 'refused') {
    console.error(started.problem);
    return 1;
  }
  for (const address of started.addresses) console.log(`Snug is ready: ${address}`);
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (): void => {
      // asked twice, it stops at once
      if (isStopping) process.exit(130);
      isStopping = true;
      started.close().then(
        () => resolve(0),
        (error: unknown) => {
          console.error(error);
          resolve(1);
        },
      );
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
