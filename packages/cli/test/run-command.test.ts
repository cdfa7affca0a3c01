import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliProcess, snug as start, startServer } from './cli-process.ts';
import type { Finished } from './cli-process.ts';

const photo = new URL('../../../examples/', import.meta.url);
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
  start(args, { url: server.url, cwd: folder, ...(input === undefined ? {} : { input }) });

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

type Event = Readonly<Record<string, unknown>>;
const eventsOf = ({ out }: Finished): Event[] => out.map((line) => JSON.parse(line) as Event);
const last = (finished: Finished): Event | undefined => eventsOf(finished).at(-1);

describe('snug run', () => {
  test('runs the example on the photograph and prints the path of its picture', async () => {
    const { code, out, err } = await snug([new URL('photo.json', photo).pathname, '--set', '2.width=64', '--set', '2.height=48']);
    expect(err.join('\n')).toContain('Sharpen');
    expect(code).toBe(2); // the mask is as large as the picture was
    expect(out).toEqual([]);
  });
});
