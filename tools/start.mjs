// `npm start`: installs and builds what is missing, then starts the server. Flags after `--` go to it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const server = spawn(
  process.execPath,
  [join(root, 'packages', 'cli', 'bin', 'snug.mjs'), 'serve', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
// the terminal tells the server, too: we only wait for it to be done
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
