import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  block,
  Blocker,
  createImage,
  defineNode,
  expand,
  FileRefused,
  IMAGE,
  input,
  INT,
  Interrupted,
  Link,
  output,
  STRING,
  withUi,
} from '../src/index.ts';
import type { NodeContext, OutputSpecs, RunResult } from '../src/index.ts';
import { folderFiles, runNode } from '../src/testing.ts';
import type { NodeRun, RunNodeOptions } from '../src/testing.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'node-kit-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Runs a node that consists of this function. */
function run<O extends OutputSpecs>(
  outputs: O,
  body: (context: NodeContext) => RunResult<O> | Promise<RunResult<O>>,
  options?: RunNodeOptions,
): Promise<NodeRun<O>> {
  const node = defineNode({
    type: 'Sample',
    category: 'test',
    inputs: {},
    outputs,
    run: (_, context) => body(context),
  });
  return runNode(node, {}, options);
}

describe('outputs', () => {
  const sum = defineNode({
    type: 'Sum',
    category: 'test',
    inputs: { a: input.int(), b: input.optional(input.int()) },
    outputs: { sum: output.of(INT), parts: output.list(INT) },
    run: ({ a, b = 0 }) => ({ sum: a + b, parts: [a, b] }),
  });

  test('are the values that the node returned', async () => {
    const { outputs, ui, expansion } = await runNode(sum, { a: 2, b: 3 });
    expect(outputs).toEqual({ sum: 5, parts: [2, 3] });
    expect([ui, expansion]).toEqual([undefined, undefined]);
  });

  test('come with what the node shows', async () => {
    const { outputs, ui } = await run({ text: output.of(STRING) }, () => withUi({ text: ['hi'] }, { text: 'hi' }));
    expect(outputs.text).toBe('hi');
    expect(ui).toEqual({ text: ['hi'] });
  });

  test('that were not returned beside what is shown cannot be read', async () => {
    const { outputs } = await run({ text: output.of(STRING) }, () => withUi({ text: ['hi'] }));
    expect(() => outputs.text).toThrow('Output text has no value');
  });

  test('of a node without outputs are none', async () => {
    expect((await run({}, () => undefined)).outputs).toEqual({});
  });

  test('that are blocked cannot be read, and the others can', async () => {
    const both = { a: output.of(INT), b: output.of(INT) };
    const { outputs, blocked } = await run(both, () => ({ a: block('no'), b: 2 }));
    expect(() => outputs.a).toThrow('Output a is blocked');
    expect(outputs.b).toBe(2);
    expect(blocked).toEqual(new Map([['a', new Blocker('no')]]));
  });

  test('are all blocked by a block alone', async () => {
    const { blocked } = await run({ a: output.of(INT), b: output.list(INT) }, () => block('no'));
    expect([...blocked].map(([name, { message }]) => [name, message])).toEqual([
      ['a', 'no'],
      ['b', 'no'],
    ]);
  });

  test('may be lists with blocked elements', async () => {
    const { outputs, blocked } = await run({ a: output.list(INT) }, () => ({ a: [1, block()] }));
    expect(outputs.a).toEqual([1, new Blocker()]);
    expect(blocked.size).toBe(0);
  });

  test('that link into an expansion are told apart from values', async () => {
    const { outputs, links, expansion } = await run({ image: output.of(IMAGE), count: output.of(INT) }, (context) => {
      const graph = context.builder();
      const first = graph.node('First', { size: 3 });
      return expand(graph.finish(), { image: first.out(1), count: 3 });
    });
    expect(outputs.count).toBe(3);
    expect(() => outputs.image).toThrow('link to node 1.0.0.1');
    expect(links).toEqual(new Map([['image', new Link('1.0.0.1', 1)]]));
    expect([...expansion!.keys()]).toEqual(['1.0.0.1']);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'Node Sample returned undefined; it must return an object with: image, list.'],
    ['a number', 5, 'Node Sample returned 5'],
    ['an object without one', { image: createImage(1, 1, 1, 3) }, 'returned no value for its output list'],
    ['a value of another type', { image: 'x', list: [] }, 'Output image got a value that is no IMAGE'],
    ['one value for a list', { image: createImage(1, 1, 1, 3), list: 1 }, 'Output list is a list'],
    ['a wrong element', { image: createImage(1, 1, 1, 3), list: [5] }, 'Output list got a value that is no IMAGE'],
  ])('that do not fit are refused: %s', async (_title, returned, problem) => {
    const node = defineNode({
      type: 'Sample',
      category: 'test',
      inputs: {},
      outputs: { image: output.of(IMAGE), list: output.list(IMAGE) },
      run: () => returned as RunResult<OutputSpecs> as never,
    });
    await expect(runNode(node, {})).rejects.toThrow(problem);
  });
});

test('what a node throws is thrown', async () => {
  const failing = run({}, () => {
    throw new RangeError('too much');
  });
  await expect(failing).rejects.toThrow(new RangeError('too much'));
});

describe('inputs', () => {
  const wants = defineNode({
    type: 'Wants',
    category: 'test',
    inputs: {
      id: input.hidden('UNIQUE_ID'),
      prompt: input.hidden('PROMPT'),
      info: input.hidden('EXTRA_PNGINFO'),
      graph: input.hidden('DYNPROMPT'),
      key: input.hidden('API_KEY_COMFY_ORG'),
    },
    outputs: { told: output.of(STRING) },
    run: ({ id, prompt, info, graph, key }) => ({
      told: JSON.stringify([id, [...prompt.keys()], info && [...info.keys()], graph.ids(), key]),
    }),
  });

  test('that are hidden are filled in', async () => {
    expect((await runNode(wants, {})).outputs.told).toBe('["1",[],null,["1"],null]');
    const options = { nodeId: '7', prompt: { 7: { class_type: 'Wants', inputs: {} } }, extraPngInfo: { workflow: {} } };
    expect((await runNode(wants, {}, options)).outputs.told).toBe('["7",["7"],["workflow"],["7"],null]');
  });

  test('that are hidden may be given', async () => {
    expect((await runNode(wants, { id: '99', key: 'k' })).outputs.told).toBe('["99",[],null,["1"],"k"]');
  });

  test('of a node that takes lists are lists', async () => {
    const node = defineNode({
      type: 'Count',
      category: 'test',
      takesLists: true,
      inputs: { words: input.string() },
      outputs: { count: output.of(INT) },
      run: ({ words }) => ({ count: words.length }),
    });
    expect((await runNode(node, { words: ['a', 'b'] })).outputs.count).toBe(2);
  });
});

describe('the context', () => {
  test('records everything that the node tells', async () => {
    const told = await run({}, async (context) => {
      await context.progress(1, 4);
      await context.progress(9, 4, { image: createImage(1, 1, 1, 3) });
      await context.setProgress(9, 4);
      context.send('my-pack.done', { at: new Map([['x', 1]]), skipped: undefined });
      context.text('half way');
      context.log('a line');
    });
    expect(told.progress.map(({ value, max, preview }) => [value, max, preview !== undefined])).toEqual([
      [1, 4, false],
      [4, 4, true],
      [9, 4, false],
    ]);
    expect(told.events).toEqual([{ event: 'my-pack.done', data: { at: { x: 1 } } }]);
    expect([told.texts, told.logs]).toEqual([['half way'], ['a line']]);
  });

  test('says where the node is', async () => {
    const seen: unknown[] = [];
    const look = (context: NodeContext): void => {
      const { promptId, nodeId, listIndex, embedMetadata, previews, graph } = context;
      seen.push([promptId, nodeId, listIndex, embedMetadata, previews.method, graph.get(nodeId)?.classType]);
      expect(graph.has('other')).toBe(false);
      expect(() => graph.displayId('other')).toThrow('There is no node other');
    };
    await run({}, look);
    await run({}, look, {
      promptId: 'p',
      nodeId: 'n',
      listIndex: 3,
      embedMetadata: false,
      previews: { method: 'latent2rgb', size: 64 },
    });
    expect(seen).toEqual([
      ['test-prompt', '1', 0, true, 'none', 'Sample'],
      ['p', 'n', 3, false, 'latent2rgb', 'Sample'],
    ]);
  });

  test('keeps state between runs that share it, for each node', async () => {
    const state = new Map<string, unknown>();
    const counting = async (nodeId: string): Promise<number> => {
      const body = (context: NodeContext): { count: number } => ({ count: ++context.state(() => ({ n: 0 })).n });
      return (await run({ count: output.of(INT) }, body, { state, nodeId })).outputs.count;
    };
    expect([await counting('1'), await counting('1'), await counting('2')]).toEqual([1, 2, 1]);
  });

  test('gives each expansion a prefix of its own', async () => {
    const prefixes: string[] = [];
    const body = (context: NodeContext): void => {
      prefixes.push(context.builder().prefix, context.builder().prefix);
    };
    await run({}, body, { nodeId: '5', listIndex: 2 });
    expect(prefixes).toEqual(['5.2.0.', '5.2.1.']);
  });

  test('without a folder refuses the use of files, and says what to do', async () => {
    await expect(run({}, ({ files }) => void files)).rejects.toThrow('give runNode a folder, { files: folder }');
  });
});

describe('an interruption', () => {
  test('before the run keeps the node from running', async () => {
    let hasRun = false;
    const body = (): void => {
      hasRun = true;
    };
    await expect(run({}, body, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted);
    expect(hasRun).toBe(false);
  });

  test('during the run ends it at the next report of progress', async () => {
    const abort = new AbortController();
    const steps: number[] = [];
    const body = async (context: NodeContext): Promise<void> => {
      for (let step = 1; step <= 10; step++) {
        await context.progress(step, 10);
        steps.push(step);
        if (step === 3) abort.abort();
      }
    };
    await expect(run({}, body, { signal: abort.signal })).rejects.toBeInstanceOf(Interrupted);
    expect(steps).toEqual([1, 2, 3]);
  });

  test('reaches what takes a signal, and setProgress lets it pass', async () => {
    const abort = new AbortController();
    const { progress } = await run(
      {},
      async (context) => {
        abort.abort();
        expect(context.signal.aborted).toBe(true);
        await context.setProgress(1, 2);
      },
      { signal: abort.signal },
    );
    expect(progress).toHaveLength(1);
  });
});

describe('files in a folder', () => {
  test('are written and read back, and counted on from what is there', async () => {
    const root = await folder();
    const body = async ({ files }: NodeContext) => {
      const series = await files.series('shots/%width%x%height%_%year%_%other%', { width: 64, height: 32 });
      const { path, ...file } = series.next({ extension: 'txt' });
      await files.write(path, new TextEncoder().encode('hello'));
      expect(new TextDecoder().decode(await files.read(path))).toBe('hello');
      return withUi({ files: [file] });
    };
    const names = [await run({}, body, { files: root }), await run({}, body, { files: root })].map(
      ({ ui }) => ui?.files,
    );
    const stem = `64x32_${new Date().getFullYear()}_%other%`;
    expect(names).toEqual(
      ['00001', '00002'].map((count) => [{ filename: `${stem}_${count}_.txt`, subfolder: 'shots', type: 'output' }]),
    );
    expect(await readFile(join(root, 'output', 'shots', `${stem}_00001_.txt`), 'utf8')).toBe('hello');
  });

  test('have the names that the server gives them', async () => {
    const files = folderFiles(await folder());
    const series = await files.series('a_%batch_num%', { folder: 'temp' });
    expect(series.next({ extension: '.png', batchNumber: 3 }).filename).toBe('a_3_00001_.png');
    expect(series.next({ extension: 'png', closing: '' }).filename).toBe('a_0_00002.png');
    expect(Object.keys(series.next({ extension: 'png' }))).toEqual(['filename', 'subfolder', 'type']);
  });

  test('are listed by their endings, sorted, without folders', async () => {
    const root = await folder();
    const files = folderFiles(root);
    for (const name of ['b.PNG', 'a.png', 'c.txt']) await writeFile(join(root, 'input', name), 'x');
    await files.series('sub/x', { folder: 'input' });
    expect(await files.list('input')).toEqual(['a.png', 'b.PNG', 'c.txt']);
    expect(await files.list('input', ['.png'])).toEqual(['a.png', 'b.PNG']);
    expect(await files.list('output')).toEqual([]);
  });

  test('are resolved in the folder that the name says', async () => {
    const root = await folder();
    const files = folderFiles(root);
    expect(files.resolve('a.png')).toBe(join(root, 'input', 'a.png'));
    expect(files.resolve('a.png', 'temp')).toBe(join(root, 'temp', 'a.png'));
    expect(files.resolve('sub/a.png [output]', 'temp')).toBe(join(root, 'output', 'sub', 'a.png'));
  });

  test('of models are found by kind, with their subfolders', async () => {
    const root = await folder();
    const files = folderFiles(root);
    expect(await files.listModels('loras')).toEqual([]);
    await mkdir(join(root, 'models', 'loras', 'sub'), { recursive: true });
    await writeFile(join(root, 'models', 'loras', 'sub', 'x.safetensors'), 'x');
    expect(await files.listModels('loras')).toEqual(['sub/x.safetensors']);
    expect(await files.resolveModel('loras', 'sub/x.safetensors')).toBe(
      join(root, 'models', 'loras', 'sub', 'x.safetensors'),
    );
    expect(await files.resolveModel('loras', '../loras/sub/x.safetensors')).toBeUndefined();
  });

  test.each(['../x', '..', '/etc/passwd', 'a/../../x', 'a\\b', 'a\0b', ''])(
    'refuse a name that leaves: %j',
    async (name) => {
      const root = await folder();
      const files = folderFiles(root);
      expect(() => files.resolve(name)).toThrow(FileRefused);
      await expect(files.series(name)).rejects.toBeInstanceOf(FileRefused);
      await expect(files.write(join(root, name), new Uint8Array())).rejects.toBeInstanceOf(FileRefused);
    },
  );

  test('refuse to read elsewhere', async () => {
    const files = folderFiles(await folder());
    await expect(files.read(join(tmpdir(), 'x'))).rejects.toBeInstanceOf(FileRefused);
  });

  test('may be of any other making', async () => {
    const files = folderFiles(await folder());
    await run({}, (context) => expect(context.files).toBe(files), { files });
  });
});
