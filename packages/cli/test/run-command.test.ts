import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPictureText } from '@snug/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliProcess, snug as start, startServer } from './cli-process.ts';
import type { Finished } from './cli-process.ts';

const examples = new URL('../../../examples/', import.meta.url);
let folder: string;
let base: string;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-run-'));
  base = join(folder, 'data');
  server = await startServer(base);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const snug = (args: readonly string[], input?: string): Promise<Finished> =>
  start(['run', ...args], { url: server.url, cwd: folder, ...(input === undefined ? {} : { input }) });

/** A prompt of one text that is shown. */
const textPrompt = (value: unknown, more: object = {}): string =>
  JSON.stringify({
    '6': { class_type: 'PrimitiveString', inputs: { value }, _meta: { title: 'A text' } },
    '7': { class_type: 'PreviewAny', inputs: { source: ['6', 0] } },
    ...more,
  });

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

type Event = Readonly<Record<string, unknown>>;
const eventsOf = ({ out }: Finished): Event[] => out.map((line) => JSON.parse(line) as Event);
const last = (finished: Finished): Event | undefined => eventsOf(finished).at(-1);

describe('snug run', () => {
  test('runs the example on the photograph beside it and prints the path of the picture', async () => {
    const { code, out, err } = await snug([fileURLToPath(new URL('photo.json', examples))]);
    expect(code, err.join('\n')).toBe(0);
    expect(out).toEqual([join(base, 'output', 'snug', 'photo_00001_.png')]);
    expect(err).toContain('photo.json: 8/8 Save');
    expect(await readdir(join(base, 'input'))).toContain('raccoon.jpg');
    const again = await snug(['--json', join(base, 'output', 'snug', 'photo_00001_.png')].toReversed());
    expect(again.code).toBe(0);
    expect(eventsOf(again).find(({ event }) => event === 'cached')).toMatchObject({ file: 'photo_00001_.png' });
  });

  test('shows texts, of several files, each as soon as it is done', async () => {
    const names = [await file('one.json', textPrompt('eins')), await file('two.json', textPrompt('zwei'))];
    const { code, out } = await snug(names);
    expect(code).toBe(0);
    expect(out.toSorted()).toEqual(['eins', 'zwei']);
  });

  test('reads the standard input and sets inputs, as JSON or as text', async () => {
    const sets = ['--set', '6.value=a = "b"', '--set', '8.value=12345678901234567890'];
    const more = {
      '8': { class_type: 'PrimitiveString', inputs: { value: '' } },
      '9': { class_type: 'PreviewAny', inputs: { source: ['8', 0] } },
    };
    const { code, out } = await snug(['-', ...sets], textPrompt('', more));
    expect(code).toBe(0);
    expect(out.toSorted()).toEqual(['12345678901234567890', 'a = "b"']);
  });

  test('tells programs what happens, one event a line, and nothing else', async () => {
    const finished = await snug(['-', '--json'], textPrompt('json'));
    const events = eventsOf(finished);
    expect(finished.code).toBe(0);
    expect(finished.err).toEqual([]);
    expect(events[0]).toMatchObject({ event: 'queued', file: 'standard input' });
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'node', node: '6', title: 'A text', class_type: 'PrimitiveString' }),
    );
    expect(last(finished)).toMatchObject({ event: 'done', texts: [{ node: '7', text: 'json' }], problems: [] });
  });

  test('converts a workflow of the front end, and puts it into the picture', async () => {
    const workflow = {
      nodes: [
        {
          id: 1,
          type: 'EmptyImage',
          widgets_values: [8, 4, 1, 255],
          outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [5] }],
        },
        { id: 2, type: 'SaveImage', widgets_values: ['ui/blue'], inputs: [{ name: 'images', type: 'IMAGE', link: 5 }] },
      ],
      links: [[5, 1, 0, 2, 0, 'IMAGE']],
      version: 0.4,
    };
    const name = await file('ui.json', JSON.stringify(workflow));
    const { code, out, err } = await snug([name]);
    expect(code, err.join('\n')).toBe(0);
    expect(out).toEqual([join(base, 'output', 'ui', 'blue_00001_.png')]);
    const texts = readPictureText(await readFile(out[0]!));
    expect(JSON.parse(texts.get('workflow') ?? '')).toEqual(workflow);
  });

  test('brings the files to a folder, and never replaces another one there', async () => {
    const picture = {
      '1': { class_type: 'EmptyImage', inputs: { width: 4, height: 4, batch_size: 1, color: 255 } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'out' } },
    };
    const name = await file('out.json', JSON.stringify(picture));
    await mkdir(join(folder, 'here'));
    await writeFile(join(folder, 'here', 'out_00001_.png'), 'mine');
    const { code, out } = await snug([name, '--out', 'here']);
    expect(code).toBe(0);
    expect(out).toEqual([join(folder, 'here', 'out_00001_ (1).png')]);
    expect((await readFile(out[0]!)).equals(await readFile(join(base, 'output', 'out_00001_.png')))).toBe(true);
    expect(await readFile(join(folder, 'here', 'out_00001_.png'), 'utf8')).toBe('mine');
  });

  test('exits 1 when the files cannot be brought to the folder', async () => {
    await writeFile(join(folder, 'no-folder'), '');
    const picture = join(base, 'output', 'out_00001_.png');
    const { code, err } = await snug([picture, '--out', 'no-folder']);
    expect(code).toBe(1);
    expect(err.at(-1)).toMatch(/^out_00001_\.png: .*no-folder/);
  });

  test('leaves files alone that a workflow names outside of its folder, unless the command line does', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await copyFile(new URL('raccoon.jpg', examples), join(folder, 'elsewhere', 'secret.jpg'));
    await mkdir(join(folder, 'inner'));
    const prompt = (image: string): string =>
      JSON.stringify({
        '1': { class_type: 'LoadImage', inputs: { image } },
        '2': { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
      });
    await file('inner/nosy.json', prompt('../elsewhere/secret.jpg'));
    await file('inner/nosy-absolute.json', prompt(join(folder, 'elsewhere', 'secret.jpg')));
    const cwd = join(folder, 'inner');
    const options = { url: server.url, cwd };
    const nosy = await start(['run', 'nosy.json', 'nosy-absolute.json'], options);
    expect(nosy.code).toBe(2);
    expect(await readdir(join(base, 'input'))).not.toContain('secret.jpg');
    const asked = await start(['run', 'nosy.json', '--set', '1.image=../elsewhere/secret.jpg'], options);
    expect(asked.code, asked.err.join('\n')).toBe(0);
    expect(await readdir(join(base, 'input'))).toContain('secret.jpg');
  });

  test('exits 1 with the node and the reason when one fails', async () => {
    const prompt = textPrompt('', {
      '6': { class_type: 'ConformFail', inputs: { text: 'no luck', count: 1 }, _meta: { title: 'Unlucky' } },
    });
    const { code, out, err } = await snug(['-'], prompt);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toContain('standard input failed at node 6 "Unlucky" (ConformFail): no luck');
    expect(last(await snug(['-', '--json'], prompt))).toMatchObject({ event: 'failed', node: '6', reason: 'no luck' });
  });

  test('exits 2 with every problem, one a line, when it is refused', async () => {
    const prompt = JSON.stringify({
      '1': { class_type: 'EmptyImage', inputs: { width: 0, height: 4, batch_size: 'many', color: 0 } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0] } },
    });
    const { code, err } = await snug(['-'], prompt);
    expect(code).toBe(2);
    expect(err).toEqual([
      'standard input was refused:',
      '  node 1 (EmptyImage), input width: Value 0 smaller than min of 1',
      expect.stringMatching(/^ {2}node 1 \(EmptyImage\), input batch_size: .*many/) as string,
      '  node 2 (SaveImage), input filename_prefix: Required input is missing',
    ]);
    const unknown = await snug(['-'], textPrompt('', { '7': { class_type: 'Nowhere', inputs: {} } }));
    expect(unknown.code).toBe(2);
    expect(unknown.err[1]).toMatch(/node 7 \(Nowhere\): .*Nowhere/);
  });

  test('exits 2 for inputs that are not there, and for files that hold no workflow', async () => {
    const set = await snug(['-', '--set', '8.value=x', '--set', '6.volume=11'], textPrompt(''));
    expect(set.code).toBe(2);
    expect(set.err).toHaveLength(3);
    expect(set.err[2]).toContain('It has: value');
    const files = await snug([await file('list.json', '[1]'), await file('broken.json', '{'), 'missing.json']);
    expect(files.code).toBe(2);
    expect(files.err).toEqual([
      expect.stringContaining('not a workflow') as string,
      expect.stringContaining('broken.json is not JSON') as string,
      'There is no file missing.json.',
    ]);
  });

  test('runs the outputs that can run, and exits 2 for the others', async () => {
    const other = { '9': { class_type: 'SaveText', inputs: {} } };
    const { code, out, err } = await snug(['-'], textPrompt('still here', other));
    expect(code).toBe(2);
    expect(out).toEqual(['still here']);
    expect(err.some((line) => line.includes('node 9 (SaveText)'))).toBe(true);
  });

  test('exits 2 for a flag that it does not know', async () => {
    const { code, err } = await snug(['-', '--sett', '6.value=1'], textPrompt(''));
    expect({ code, err }).toEqual({ code: 2, err: ['--sett is not known here: see --help.'] });
  });

  test('cancels its own prompt on Ctrl-C, and no other', async () => {
    const prompt = await file(
      'wait.json',
      textPrompt('', { '6': { class_type: 'TestSleep', inputs: { value: 'x', seconds: 600 } } }),
    );
    const options = { url: server.url, cwd: folder };
    const first = new CliProcess(['run', prompt, '--json'], options);
    await first.line(/"event":"node","file":"wait.json","node":"6"/);
    const second = new CliProcess(['run', prompt, '--json'], options);
    const queued = JSON.parse(await second.line(/"queued"/)) as Event;

    second.signal('SIGINT');
    const cancelled = await second.finished;
    expect(cancelled.code).toBe(130);
    expect(last(cancelled)).toMatchObject({ event: 'cancelled' });
    const queue = (await (await fetch(`${server.url}/queue`)).json()) as Record<string, unknown[][]>;
    expect(queue['queue_pending']).toEqual([]);
    expect(queue['queue_running']).toHaveLength(1);
    expect(queue['queue_running']?.[0]?.[1]).not.toBe(queued['prompt_id']);

    first.signal('SIGINT');
    // npm hands the terminal's signal on: it is still one keystroke
    first.signal('SIGINT');
    const ended = await first.finished;
    expect(ended.code).toBe(130);
    expect(last(ended)).toMatchObject({ event: 'cancelled' });
    const jobs = (await (await fetch(`${server.url}/api/jobs?status=cancelled`)).json()) as { jobs: Event[] };
    const started = eventsOf(ended)[0]?.['prompt_id'];
    expect(jobs.jobs.map(({ id }) => id)).toContain(started);
  });

  test('says what to do when no server answers', async () => {
    const { code, out, err } = await snug(['-', '--url', `127.0.0.1:${await closedPort()}`], textPrompt(''));
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err.join('\n')).toMatch(/No server answers at .*npm start.*--local/);
  });

  test('says so when something else answers', async () => {
    const { code, err } = await snug(['-', '--url', `${server.url}/not/here`], textPrompt(''));
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(/answers \(404\).*check --url/);
  });
});

describe('snug nodes', () => {
  test('lists the nodes of a server that a text is found in', async () => {
    const { code, out } = await start(['nodes', 'sharpen'], { url: server.url });
    expect(code).toBe(0);
    expect(out).toEqual([expect.stringMatching(/^ImageSharpen +image\/filters +Sharpen Image$/) as string]);
  });

  test('shows one node with its inputs and outputs', async () => {
    const { code, out } = await start(['nodes', 'imagesharpen'], { url: server.url });
    expect(code).toBe(0);
    expect(out[0]).toBe('ImageSharpen: Sharpen Image');
    expect(out).toContainEqual(expect.stringMatching(/^ {2}alpha +FLOAT +default 1\.0; 0\.0 to 5\.0$/));
    expect(out.slice(-2)).toEqual(['Outputs', '  0  IMAGE  IMAGE']);
  });

  test('exits 1 when there is no such node', async () => {
    const { code, err } = await start(['nodes', 'no such node'], { url: server.url });
    expect(code).toBe(1);
    expect(err[0]).toContain('no such node');
  });
});

describe('snug doctor', () => {
  test('finds the server that runs on the port', async () => {
    const port = new URL(server.url).port;
    const { code, out } = await start(['doctor', '--port', port, '--base-directory', base]);
    expect(out.filter((line) => line.startsWith('fail'))).toEqual([]);
    expect(out).toContainEqual(expect.stringMatching(new RegExp(`^ok +port ${port}: snug .* is running there$`)));
    expect(out).toContainEqual(expect.stringMatching(/^ok +packs load \(\d+ nodes\)$/));
    expect(code).toBe(0);
  });
});
