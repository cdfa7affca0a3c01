// `npm run bench`: the executor against a straw man, the store against the disk, the memory of the client, the whole
// server over the wire, and Studio in a browser.
// Prints one JSON line a figure. Name parts to run only those: `npm run bench -- executor wire`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../tools/setup.mjs';

setUp();

function runScript(name, args = []) {
  const { status } = spawnSync(process.execPath, [join(root, 'bench', name), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** Drives a server of its own, in a folder of its own. */
async function wire() {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'));
  const cli = join(root, 'packages', 'cli', 'bin', 'snug.mjs');
  const server = spawn(
    process.execPath,
    [cli, 'serve', '--port', '0', '--pack', 'conformance', '--base-directory', folder],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const url = await new Promise((resolve, reject) => {
      server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      let text = '';
      server.stdout.on('data', (chunk) => {
        text += chunk;
        const found = /ready: (\S+)/.exec(text);
        if (found) resolve(found[1]);
      });
    });
    runScript('wire-bench.mjs', ['--url', url]);
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => (server.exitCode === null ? server.once('exit', resolve) : resolve()));
    rmSync(folder, { recursive: true, force: true });
  }
}

const parts = {
  executor: () => runScript('executor.mjs'),
  broker: () => runScript('broker.mjs'),
  client: () => runScript('client-memory.mjs'),
  wire,
  studio: () => runScript('studio.mjs'),
};
const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(parts)) if (!wanted.length || wanted.includes(name)) await run();
