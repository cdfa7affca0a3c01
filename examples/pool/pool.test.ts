/** The program against two servers in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@snug/client/node';
import { createPool } from '@snug/client/pool';
import type { Pool } from '@snug/client/pool';
import { availableMemory, createFolders, createNodeFiles } from '@snug/executor';
import { pack } from '@snug/pack-image';
import {
  Catalogue,
  createInlineCode,
  createInlineRunner,
  createMemoryBroker,
  createServer,
  encodePreview,
} from '@snug/server';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { paintAll, poolOf } from './pool.ts';

interface Running {
  readonly url: string;
  readonly close: () => Promise<void>;
}

async function start(): Promise<Running> {
  const baseDirectory = await mkdtemp(join(tmpdir(), 'snug-pool-example-'));
  const folders = createFolders({ baseDirectory });
  const files = createNodeFiles(folders);
  const packs = [pack];
  const catalogue = new Catalogue(createInlineCode(packs, { files }, console.error));
  await catalogue.load();
  const server = createServer({
    broker: createMemoryBroker(),
    catalogue,
    runner: createInlineRunner({ packs, files, encodePreview }),
    folders,
    version: '1.0.0',
    availableMemory,
  });
  const [url] = await server.listen({ hosts: ['127.0.0.1'], port: 0 });
  if (url === undefined) throw new Error('It listens nowhere.');
  const close = async (): Promise<void> => {
    await server.close();
    await rm(baseDirectory, { recursive: true, force: true });
  };
  return { url, close };
}

let servers: readonly Running[] = [];
beforeAll(async () => {
  servers = await Promise.all([start(), start()]);
});
afterAll(() => Promise.all(servers.map(({ close }) => close())));

function open(): Pool {
  // from the sources, the client of Node must be named
  const pool = createPool(poolOf(servers.map(({ url }) => url)), { createClient });
  onTestFinished(() => pool.close());
  return pool;
}

const COLOURS = ['0055a4', 'ffffff', 'ef4135', '009246', 'ffce00', '102030'];

test('every picture is painted, and both servers paint', async () => {
  const painted = await paintAll(open(), COLOURS);
  const seen = await Promise.all(
    painted.map(async ({ bytes }) =>
      (await sharp(bytes).removeAlpha().raw().toBuffer()).subarray(0, 3).toString('hex'),
    ),
  );
  expect(seen).toEqual(COLOURS);
  expect(new Set(painted.map(({ member }) => member))).toEqual(new Set(['server 1', 'server 2']));
});

test('a server can leave, and the other paints on', async () => {
  const pool = open();
  expect(await pool.remove('server 1')).toBe('drained');
  const painted = await paintAll(pool, COLOURS);
  expect(new Set(painted.map(({ member }) => member))).toEqual(new Set(['server 2']));
});
