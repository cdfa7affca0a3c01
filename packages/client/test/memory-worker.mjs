// Runs many jobs and reconnections, and tells what is left of them after a forced collection.
import { createClient } from '../dist/node.js';

const [url, jobs, reconnects] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const client = createClient({ url, reconnect: { minMs: 1, maxMs: 2 } });
// what somebody waits for keeps the process going, also between two sockets
client.on('status', () => {});
const refs = [];
let ran = 0;
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

async function runOne() {
  const stop = new AbortController();
  const job = client.run({ 1: { class_type: 'Save', inputs: {} } }, { signal: stop.signal });
  job.on('progress', () => {});
  for await (const event of job) if (event.type === 'output') break;
  const { outputs } = await job.result();
  if (outputs.images.length !== 1) throw new Error('no picture');
  // a sample: the references themselves take memory
  if (ran++ % 25 === 0) refs.push(new WeakRef(job), new WeakRef(outputs), new WeakRef(stop));
}
async function collect() {
  for (let round = 0; round < 4; round++) {
    await settle();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
const heaps = [];
async function note(after) {
  heaps.push({ after, bytes: await collect() });
}
const reopened = () =>
  new Promise((resolve) => {
    const off = client.connection.on('state', ({ phase }) => {
      if (phase !== 'open') return;
      off();
      resolve();
    });
  });

const runMany = async (count) => {
  for (let done = 0; done < count; done += 10) await Promise.all(Array.from({ length: 10 }, runOne));
};
const reconnectMany = async (count) => {
  for (let done = 0; done < count; done++) {
    const again = reopened();
    await client.request('/cut', { retry: false }).catch(() => {});
    await again;
  }
};
// What is made once is made in rounds that do not count: code that the platform compiles, the better the longer it runs,
// is most of it, and is done only after some thousands of calls.
await runMany(jobs);
await reconnectMany(reconnects);
await note('warm');
await runMany(jobs);
await note(`${jobs} jobs`);
await reconnectMany(reconnects);
await note(`${reconnects} reconnections`);
const grownBytes = heaps.at(-1).bytes - heaps[0].bytes;
const alive = refs.filter((ref) => ref.deref() !== undefined).length;
client.close();
await settle();
const open = process.getActiveResourcesInfo().filter((kind) => /Timeout|TCPSocketWrap/.test(kind)).length;
process.stdout.write(JSON.stringify({ alive, grownBytes, live: client.jobs.length, open, heaps }));
