/**
 * A workflow run from a program: its text is set, its events are shown, its picture lands beside where this is started.
 * Start a server (`npm start`), then `node examples/five-lines/five-lines.mjs`. Another server is named as the argument.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createClient } from '@snug/client';

const workflow = await readFile(new URL('workflow.json', import.meta.url), 'utf8');
const signal = AbortSignal.timeout(60_000);

function show(event) {
  if (event.type === 'progress') console.log(`${Math.round(event.share * 100)}%`, event.node?.title ?? '');
  else console.log(event.type);
}

const comfy = createClient(process.argv[2] ?? 'http://127.0.0.1:8188');
const job = comfy.run(workflow, { inputs: { '6.text': 'a red fox' }, signal });
for await (const event of job) show(event);
const { outputs } = await job.result();
await writeFile('out.png', await outputs.images[0].bytes());
