/** No text gets at a file outside: nothing is read, nothing written, and what is there looks like what is not. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createFolders, createNodeFiles, isWithin, realInsideSync } from '@snug/executor';
import { FileRefused } from '@snug/node-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hostilePaths, LINKS } from './hostile-paths.ts';
import { makePng } from './png.ts';
import { connectRaw, createTestApp, form, upload } from './routes-app.ts';
import type { RawAnswer, RawClient, TestApp } from './routes-app.ts';

const SECRET = 'canary-7f3a91';
const CANARIES = ['canary.txt', 'outside/canary.txt', 'canary.png', 'canary.safetensors'];
const OLD = new Date('2020-01-01');
let fixture: TestApp;
let client: RawClient;
let paths: string[];
let before: string[];

const FOLDERS = [
  'input',
  'output',
  'temp',
  'user/default',
  'models/loras',
  'web',
  'web/extensions',
  'pack-web',
  'pack-templates',
];

/** Puts the links into every folder: anew before each test that writes, for a link may be replaced or deleted. */
function putLinks(base: string): void {
  const put = (target: string, path: string): void => {
    rmSync(path, { recursive: true, force: true });
    symlinkSync(target, path);
  };
  for (const folder of FOLDERS) {
    mkdirSync(join(base, folder, 'sub'), { recursive: true });
    for (const [name, target] of LINKS) put(join(base, target), join(base, folder, name));
    put(base, join(base, folder, 'sub/link-up'));
    put('link-loop', join(base, folder, 'link-loop'));
  }
}

/** Makes it seem that nobody has read the canaries for long. */
function ageCanaries(base: string): void {
  for (const name of CANARIES) utimesSync(join(base, name), OLD, OLD);
}

beforeAll(async () => {
  fixture = await createTestApp({
    packs: (base) => [{ name: 'pack', web: join(base, 'pack-web'), templates: join(base, 'pack-templates') }],
    prepare: (base) => {
      writeFileSync(join(base, 'user/users.json'), '{}');
      mkdirSync(join(base, 'outside'));
      const header = Buffer.from(JSON.stringify({ __metadata__: { secret: SECRET } }));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(header.length));
      writeFileSync(join(base, 'canary.txt'), SECRET);
      writeFileSync(join(base, 'outside/canary.txt'), SECRET);
      writeFileSync(join(base, 'canary.png'), makePng(7, 7));
      writeFileSync(join(base, 'canary.safetensors'), Buffer.concat([size, header]));
      ageCanaries(base);
      putLinks(base);
    },
  });
  client = await connectRaw(fixture.app);
  paths = hostilePaths(fixture.base);
  before = outside();
});
afterAll(async () => {
  client.close();
  await fixture.close();
});

/** Everything beside the folders that clients may write to. The time of reading tells on file systems that keep it. */
function outside(): string[] {
  const inside = new Set(['input', 'output', 'temp', 'default']);
  const lines: string[] = [];
  const waiting = [fixture.base];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      const stat = lstatSync(path);
      lines.push(
        `${path} ${stat.isFile() ? `${stat.size} ${stat.mtimeMs} ${name.startsWith('canary') ? stat.atimeMs : ''}` : ''}`,
      );
      if (stat.isDirectory() && !inside.has(name)) waiting.push(path);
    }
  }
  return lines.sort();
}

test('there are more than three hundred texts, and the canaries are where they point', () => {
  expect(paths.length).toBeGreaterThan(300);
  expect(new Set(paths).size).toBe(paths.length);
  expect(readFileSync(join(fixture.folders.input, '../canary.txt'), 'utf8')).toBe(SECRET);
  expect(readFileSync(join(fixture.folders.input, 'link-base/outside/canary.txt'), 'utf8')).toBe(SECRET);
  expect(outside()).not.toEqual([]);
  ageCanaries(fixture.base);
});

const encode = (path: string): string => encodeURIComponent(path);
/** Only what an HTTP client can put into a request line. */
const asSent = (path: string): string => path.replace(/[^\x21-\x7e]|[?#]/g, (text) => encode(text));

const READS: Record<string, (path: string) => string> = {
  'file name of /view': (path) => `/view?type=input&filename=${encode(path)}`,
  'subfolder of /view': (path) => `/api/view?type=output&filename=canary.txt&subfolder=${encode(path)}`,
  'preview of /view': (path) => `/view?type=temp&preview=webp;50&filename=${encode(path)}`,
  'channel of /view': (path) => `/view?type=input&channel=a&filename=canary.png&subfolder=${encode(dirname(path))}`,
  'folder of /view_metadata': (path) => `/view_metadata/${encode(path)}?filename=canary.safetensors`,
  'file of /view_metadata': (path) => `/view_metadata/loras?filename=${encode(path)}`,
  'user data': (path) => `/userdata/${encode(path)}`,
  'user data, as sent': (path) => `/userdata/${asSent(path)}`,
  'list of user data': (path) => `/userdata?recurse=true&dir=${encode(path)}`,
  'tree of user data': (path) => `/v2/userdata?path=${encode(path)}`,
  'models of a folder': (path) => `/models/${encode(path)}`,
  'browser of models': (path) => `/experiment/models/${asSent(path)}`,
  'preview of a model': (path) => `/experiment/models/preview/loras/0/${encode(path)}`,
  'preview in a folder': (path) => `/experiment/models/preview/${encode(path)}/0/canary.safetensors`,
  'script of a pack': (path) => `/extensions/pack/${encode(path)}`,
  'script of a pack, as sent': (path) => `/extensions/pack/${asSent(path)}`,
  'script of a pack by its name': (path) => `/extensions/${encode(path)}/canary.txt`,
  'template of a pack': (path) => `/api/workflow_templates/pack/${encode(path)}`,
  'template of a pack by its name': (path) => `/api/workflow_templates/${encode(path)}/canary.txt`,
  subgraph: (path) => `/global_subgraphs/${encode(path)}`,
  'files of a folder': (path) => `/internal/files/${encode(path)}`,
  'front end': (path) => `/${encode(path)}`,
  'front end, as sent': (path) => `/${asSent(path)}`,
};

const comparable = ({ status, body, headers }: RawAnswer): string =>
  JSON.stringify([status, body, Object.entries(headers).filter(([name]) => name !== 'date')]);

/** Requests at once: enough to keep the server busy. */
const AT_ONCE = 8;

async function forAll(check: (path: string) => Promise<void>): Promise<void> {
  const waiting = [...paths];
  const work = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await check(path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

describe('reading', () => {
  test.each(Object.entries(READS))('%s', async (_route, url) => {
    let compared = 0;
    await forAll(async (path) => {
      const answer = await client.send('GET', url(path));
      expect(answer.body.includes(SECRET), path).toBe(false);
      expect(answer.status, path).toBeLessThan(500);
      const names = path.replaceAll('canary', 'absent');
      // what is missing inside a folder may be told from what is there; links are there
      if (names === path || url(path).replaceAll('canary', 'absent') !== url(names).replaceAll('canary', 'absent'))
        return;
      compared++;
      const absent = await client.send('GET', url(names));
      expect(comparable(answer), path).toBe(comparable(absent));
    });
    expect(compared).toBeGreaterThan(100);
    expect(outside()).toEqual(before);
  });
});

describe('writing', () => {
  beforeEach(() => putLinks(fixture.base));
  const png = makePng(1, 1);
  const quoted = (path: string): string => path.replace(/[\r\n"]/g, (text) => encode(text));
  const reference = (value: unknown) =>
    form(
      { name: 'image', value: makePng(7, 7, { channels: 4 }), filename: 'm.png' },
      { name: 'original_ref', value: JSON.stringify(value) },
    );

  test.each<[string, (path: string) => [method: string, url: string, body?: ReturnType<typeof form>]]>([
    ['file name of an upload', (path) => ['POST', '/upload/image', upload(quoted(path), png)]],
    [
      'file name that is replaced',
      (path) => ['POST', '/upload/image', upload(quoted(path), png, { overwrite: 'true' })],
    ],
    [
      'subfolder of an upload',
      (path) => ['POST', '/upload/image', upload('x.png', png, { subfolder: path, overwrite: '1' })],
    ],
    ['type of an upload', (path) => ['POST', '/upload/image', upload('x.png', png, { type: path })]],
    ['original of a mask', (path) => ['POST', '/upload/mask', reference({ filename: path, type: 'input' })]],
    [
      'folder of an original',
      (path) => ['POST', '/upload/mask', reference({ filename: 'canary.png', subfolder: path })],
    ],
    ['user data', (path) => ['POST', `/userdata/${encode(path)}`]],
    ['user data, as sent', (path) => ['POST', `/userdata/${asSent(path)}`]],
    ['target of a move', (path) => ['POST', `/userdata/own.json/move/${encode(path)}`]],
    ['target of a move, as sent', (path) => ['POST', `/userdata/own.json/move/${asSent(path)}`]],
    ['source of a move', (path) => ['POST', `/userdata/${encode(path)}/move/taken.json`]],
    ['deleted user data', (path) => ['DELETE', `/userdata/${encode(path)}`]],
    ['deleted user data, as sent', (path) => ['DELETE', `/userdata/${asSent(path)}`]],
  ])('%s', async (_route, request) => {
    const own = join(fixture.folders.user, 'default/own.json');
    let refused = 0;
    await forAll(async (path) => {
      // each move takes it away
      if (!existsSync(own)) writeFileSync(own, 'own');
      const [method, url, body] = request(path);
      const answer = await client.send(method, url, { payload: Buffer.from('written'), ...body });
      expect(answer.status, path).toBeLessThan(500);
      expect(answer.body.includes(SECRET), path).toBe(false);
      if (answer.status >= 400) refused++;
    });
    expect(refused).toBeGreaterThan(100);
    expect(outside()).toEqual(before);
  });

  test('a picture outside is never the original of a mask', () => {
    const written = readdirSync(fixture.folders.input).filter((name) => name.startsWith('m'));
    expect(written).toEqual([]);
  });
});

describe('files of nodes', () => {
  beforeEach(() => putLinks(fixture.base));
  test('resolve and read: inside, or refused', async () => {
    const files = createNodeFiles(fixture.folders);
    let refused = 0;
    for (const path of paths) {
      for (const folder of ['input', 'output', 'temp'] as const) {
        let resolved: string | undefined;
        try {
          resolved = files.resolve(path, folder);
        } catch (error) {
          expect(error, path).toBeInstanceOf(FileRefused);
          expect((error as Error).message, path).not.toContain(SECRET);
          refused++;
        }
        if (resolved === undefined) continue;
        const roots = [fixture.folders.input, fixture.folders.output, fixture.folders.temp];
        expect(
          roots.some((root) => isWithin(root, resolved)),
          path,
        ).toBe(true);
        expect(
          roots.some((root) => realInsideSync(root, resolved).kind === 'inside'),
          path,
        ).toBe(true);
      }
      for (const given of [path, join(fixture.folders.input, path)]) {
        const read = await files.read(given).then(String, () => '');
        expect(read.includes(SECRET), path).toBe(false);
      }
      expect(await files.resolveModel('loras', path), path).toBeUndefined();
    }
    expect(refused).toBeGreaterThan(300);
    expect(outside()).toEqual(before);
  });

  test('series and write: inside, or refused', async () => {
    const files = createNodeFiles(fixture.folders);
    let refused = 0;
    for (const path of paths) {
      try {
        const next = (await files.series(path)).next({ extension: '.png' });
        expect(isWithin(fixture.folders.output, next.path), path).toBe(true);
        await files.write(next.path, Buffer.from('written'));
      } catch (error) {
        expect(error, path).toBeInstanceOf(FileRefused);
        refused++;
      }
      for (const given of [path, `${fixture.folders.output}/${path}`]) {
        await files.write(given, Buffer.from('written')).catch(() => undefined);
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(outside()).toEqual(before);
  });

  test('the same folders again, made anew, are still closed', () => {
    expect(() =>
      createNodeFiles(createFolders({ baseDirectory: fixture.base })).resolve('link-base/canary.txt'),
    ).toThrow(FileRefused);
  });
});
