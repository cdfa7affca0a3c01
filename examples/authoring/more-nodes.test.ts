/** What docs/node-authoring.md says of these nodes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExecutor } from '@snug/executor';
import type { ExecutionEvent } from '@snug/executor';
import { createImage, describeNode } from '@snug/node-kit';
import { folderFiles, runNode } from '@snug/node-kit/testing';
import { asObject, parseJson, stringifyJson } from '@snug/protocol';
import { expect, onTestFinished, test } from 'vitest';
import hello from './hello.ts';
import pack, {
  choose,
  countRuns,
  gate,
  joinTexts,
  mean,
  pause,
  readNote,
  seedText,
  splitText,
  square,
} from './more-nodes.ts';

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'authoring-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const image = createImage(1, 2, 2, 3);

test('the first node greets', async () => {
  expect((await runNode(hello.nodes[0], { name: 'Ada' })).outputs.text).toBe('Hello, Ada!');
});

test('dynamic inputs arrive as objects', async () => {
  const texts = { text0: 'a', text1: 'b' };
  const row = await runNode(joinTexts, { texts, layout: { layout: 'row', separator: ' + ' } });
  const lines = await runNode(joinTexts, { texts, layout: { layout: 'lines' } });
  expect([row.outputs.text, lines.outputs.text]).toEqual(['a + b', 'a\nb']);
});

test('lists go out and come in', async () => {
  expect((await runNode(splitText, { text: 'a\nb' })).outputs).toEqual({ lines: ['a', 'b'], count: 2 });
  expect((await runNode(mean, { values: [1, 2, 4], digits: [1] })).outputs.mean).toBe(2.3);
});

test('a lazy input is asked for by name', async () => {
  const context = { files: folderFiles(await scratchFolder()) };
  expect(await choose.needs?.({ first: undefined, second: undefined, which: 'second' }, context)).toEqual(['second']);
  expect((await runNode(choose, { first: undefined, second: image, which: 'second' })).outputs.image).toBe(image);
});

test('one output is blocked, the other is not', async () => {
  const { outputs, blocked } = await runNode(gate, { image, open: false });
  expect([outputs.text, blocked.get('image')?.message]).toEqual(['closed', 'The gate is closed.']);
});

test('a note is offered, checked, fingerprinted and read', async () => {
  const folder = await scratchFolder();
  const files = folderFiles(folder);
  await writeFile(join(folder, 'input', 'a.txt'), 'hello');
  await writeFile(join(folder, 'input', 'a.png'), '');
  const described = stringifyJson(await describeNode(readNote, 'x', { files }));
  expect(described).toContain('"required":{"note":[["a.txt"]]}');
  const checked = (note: string): unknown => readNote.validate?.check({ note }, { files, types: new Map() });
  expect([checked('a.txt'), checked('a.exe')]).toEqual([true, 'A note is a .txt or .md file.']);
  const before = await readNote.fingerprint?.({ note: 'a.txt' }, { files });
  await writeFile(join(folder, 'input', 'a.txt'), 'changed');
  expect(await readNote.fingerprint?.({ note: 'a.txt' }, { files })).not.toBe(before);
  expect((await runNode(readNote, { note: 'a.txt' }, { files })).outputs.text).toBe('changed');
});

test('state outlives a run, events and texts go out', async () => {
  const state = new Map<string, unknown>();
  await runNode(countRuns, { label: 'n' }, { state });
  const second = await runNode(countRuns, { label: 'n' }, { state });
  expect(second.texts).toEqual(['n: 2']);
  expect(second.events).toEqual([{ event: 'more-nodes.counted', data: { node: '1', runs: 2 } }]);
});

test('a wait ends when the prompt is interrupted', async () => {
  const abort = new AbortController();
  const waiting = runNode(pause, { image, seconds: 60 }, { signal: abort.signal });
  abort.abort();
  await expect(waiting).rejects.toThrow('aborted');
});

test('seeds keep all their digits', async () => {
  expect((await runNode(seedText, { seed: 2n ** 64n - 1n })).outputs.text).toBe('ffffffffffffffff');
});

test('an error names the input and says what to do', async () => {
  await expect(runNode(square, { image: createImage(1, 2, 3, 3) })).rejects.toThrow(
    'image: it is 3×2; crop it to a square first.',
  );
});

test('the nodes work together in a prompt', async () => {
  const executor = createExecutor({ packs: [pack], files: folderFiles(await scratchFolder()) });
  const prompt = asObject(
    parseJson(`{
      "1": {"class_type": "MoreSplitText", "inputs": {"text": "b\\na"}},
      "2": {"class_type": "MoreJoinTexts", "inputs": {
        "texts.text0": ["1", 0], "texts.text1": "!", "layout": "row", "layout.separator": ""
      }},
      "3": {"class_type": "MoreCountRuns", "inputs": {"label": ["2", 0]}}
    }`),
  );
  const events: ExecutionEvent[] = [];
  const job = { promptId: 'p', prompt: prompt!, extraData: new Map(), targets: ['3'] };
  await executor.run(job, { onEvent: (event) => void events.push(event), signal: new AbortController().signal });
  // node 3 ran once for each line
  const shown = events.find((event) => event.type === 'output-shown');
  expect(shown?.outputText).toBe('{"text":["b!: 1","a!: 2"]}');
});
