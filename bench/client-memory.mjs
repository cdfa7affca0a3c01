// What the client keeps of jobs and reconnections that are over: its heap after forced collections, first when as many
// of them have made it warm, then after as many again. A plain server of this script's own answers; the client runs in a
// process of its own, so that only it is counted.
// Prints one JSON line a figure. Build first (`npm run build`).
//
//   node bench/client-memory.mjs [--jobs 10000] [--reconnects 1000]
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values: args } = parseArgs({
  options: { jobs: { type: 'string', default: '10000' }, reconnects: { type: 'string', default: '1000' } },
});
const worker = fileURLToPath(new URL('../packages/client/test/memory-worker.mjs', import.meta.url));
const PREVIEW = Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]), Buffer.alloc(2048, 7)]);
const images = { images: [{ filename: 'a.png', subfolder: '', type: 'output' }] };

const sockets = new WebSocketServer({ noServer: true });
const tell = (type, data) => {
  for (const socket of sockets.clients) socket.send(JSON.stringify({ type, data }));
};
const status = (waiting) => tell('status', { status: { exec_info: { queue_remaining: waiting } } });

/** Every prompt runs at once and is forgotten: the server, too, keeps nothing. */
function runPrompt(id) {
  status(1);
  tell('execution_start', { prompt_id: id });
  tell('executing', { prompt_id: id, node: '1' });
  for (const value of [1, 2, 3]) tell('progress', { prompt_id: id, node: '1', value, max: 3 });
  for (const socket of sockets.clients) socket.send(PREVIEW);
  tell('executed', { prompt_id: id, node: '1', output: images });
  tell('execution_success', { prompt_id: id });
  status(0);
  tell('executing', { prompt_id: id, node: null });
}

const record = (id) => ({
  id,
  status: 'completed',
  outputs: { 1: images },
  execution_status: { status_str: 'success', completed: true, messages: [] },
});

async function answerRequest(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { pathname } = new URL(request.url, 'http://server');
  const answer = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  if (pathname === '/api/prompt') {
    const id = JSON.parse(body).prompt_id;
    answer({ prompt_id: id, number: 1, node_errors: {} });
    setImmediate(runPrompt, id);
  } else if (pathname.startsWith('/api/jobs/')) answer(record(pathname.split('/').pop()));
  else if (pathname === '/api/queue') answer({ queue_running: [], queue_pending: [] });
  else if (pathname === '/api/cut') {
    for (const socket of sockets.clients) socket.terminate();
    answer({});
  } else response.writeHead(404).end();
}

const server = createServer((request, response) => void answerRequest(request, response));
server.on('upgrade', (request, stream, head) =>
  sockets.handleUpgrade(request, stream, head, (socket) => {
    socket.send('{"type":"status","data":{"status":{"exec_info":{"queue_remaining":0}}}}');
  }),
);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const client = spawn(
  process.execPath,
  ['--expose-gc', worker, `http://127.0.0.1:${server.address().port}`, args.jobs, args.reconnects],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let text = '';
for await (const chunk of client.stdout) text += chunk;
for (const socket of sockets.clients) socket.terminate();
server.close();
server.closeAllConnections();
if (!text) process.exitCode = 1;
else {
  const { alive, grownBytes, live, open, heaps } = JSON.parse(text);
  const kb = (bytes) => Math.round(bytes / 1024);
  const print = (figure) => console.log(JSON.stringify(figure));
  for (const { after, bytes } of heaps) print({ name: after, heap_kb: kb(bytes) });
  print({ name: 'growth over the jobs and the reconnections', kb: kb(grownBytes) });
  print({ name: 'left over', jobs_alive: alive, jobs_live: live, timers_and_sockets_open: open });
}
