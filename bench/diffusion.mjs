// Text to image from a checkpoint, on a server as a user starts it. Prints one JSON line a figure:
//
//   node bench/diffusion.mjs FILE.safetensors [--steps 5] [--sizes 256,512]
//
// A cold start is from the request to the end of the first step, with nothing loaded. A second prompt has another seed: until
// its sampler starts, nothing is the model's work. The most memory is that of the process that models run in (Linux only).
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { root } from '../tools/setup.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string', default: '5' }, sizes: { type: 'string', default: '256,512' } },
});
if (positionals.length !== 1) {
  console.error('Name one checkpoint: node bench/diffusion.mjs FILE.safetensors');
  process.exit(2);
}
const checkpoint = realpathSync(positionals[0]);
const steps = Number(args.steps);
const graph = JSON.parse(readFileSync(join(root, 'examples/text-to-image.json'), 'utf8'));
const tell = (figure, value, unit) =>
  console.log(
    JSON.stringify({ bench: 'diffusion', figure, value: Math.round(value), unit, load: +loadavg()[0].toFixed(1) }),
  );
const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

/** A server with nothing loaded, and one client of it. */
async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'snug-diffusion-'));
  const models = join(folder, 'models.yaml');
  writeFileSync(models, `bench:\n  checkpoints: ${JSON.stringify(dirname(checkpoint))}\n`);
  const flags = ['--port', '0', '--base-directory', folder, '--extra-model-paths-config', models];
  const command = [join(root, 'packages/cli/bin/snug.mjs'), 'serve', ...flags];
  const server = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    server.on('close', () => reject(new Error('The server ended.')));
    createInterface({ input: server.stdout }).on('line', (line) => {
      const [, address] = /^Snug is ready: (\S+)$/.exec(line) ?? [];
      if (address) resolve(address);
    });
  });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?clientId=bench`);
  await new Promise((resolve) => socket.once('open', resolve));
  return {
    server,
    /** Runs the workflow. @returns milliseconds from the request: to the sampler, to the end of each step, to the end */
    async run({ size, seed, interruptAfter }) {
      graph['3'].inputs = { ...graph['3'].inputs, seed, steps, sampler_name: 'euler' };
      graph['4'].inputs.ckpt_name = basename(checkpoint);
      graph['5'].inputs = { width: size, height: size, batch_size: 1 };
      const times = { steps: [] };
      const from = performance.now();
      const ended = new Promise((resolve) => {
        socket.on('message', (bytes, isBinary) => {
          if (isBinary || !Buffer.isBuffer(bytes)) return;
          const { type, data } = JSON.parse(bytes.toString());
          const at = performance.now() - from;
          if (type === 'executing' && data.node === '3') times.sampler = at;
          if (type === 'progress') times.steps.push(at);
          if (type === 'progress' && data.value === interruptAfter) {
            times.interrupt = at;
            void fetch(`${url}/interrupt`, { method: 'POST', body: '{}' });
          }
          if (/^execution_(success|error|interrupted)$/.test(type)) {
            socket.removeAllListeners('message');
            if (type === 'execution_error') throw new Error(data.exception_message);
            resolve(at);
          }
        });
      });
      const body = JSON.stringify({ prompt: graph, client_id: 'bench' });
      const answer = await fetch(`${url}/prompt`, { method: 'POST', body });
      if (!answer.ok) throw new Error(await answer.text());
      const end = await ended;
      return { ...times, end };
    },
    /** Bytes that the process of the nodes had at most. */
    peak() {
      if (process.platform !== 'linux') return Number.NaN;
      const runner = readdirSync('/proc').find((pid) => {
        if (!/^\d+$/.test(pid)) return false;
        try {
          const isOurs = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === `${server.pid}`;
          return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('runner-process');
        } catch {
          // it has ended meanwhile
          return false;
        }
      });
      return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${runner}/status`, 'utf8'))[1]);
    },
    async stop() {
      socket.terminate();
      const closed = new Promise((resolve) => server.once('close', resolve));
      server.kill('SIGTERM');
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const stepMs = ({ steps: ends }) => median(ends.slice(1).map((end, at) => end - ends[at]));
for (const size of args.sizes.split(',').map(Number)) {
  const bench = await start();
  try {
    const first = await bench.run({ size, seed: 1 });
    tell(`cold_until_sampler_${size}`, first.sampler, 'ms');
    tell(`cold_until_step_1_${size}`, first.steps[0], 'ms');
    tell(`step_${size}`, stepMs(first), 'ms');
    const second = await bench.run({ size, seed: 2 });
    tell(`second_until_sampler_${size}`, second.sampler, 'ms');
    tell(`second_step_1_${size}`, second.steps[0] - second.sampler, 'ms');
    tell(`after_last_step_${size}`, second.end - second.steps.at(-1), 'ms');
    const stopped = await bench.run({ size, seed: 3, interruptAfter: 1 });
    tell(`interrupt_${size}`, stopped.end - stopped.interrupt, 'ms');
    const next = await bench.run({ size, seed: 4 });
    tell(`next_until_sampler_${size}`, next.sampler, 'ms');
    tell(`peak_memory_${size}`, bench.peak() / 1e6, 'MB');
  } finally {
    await bench.stop();
  }
}
