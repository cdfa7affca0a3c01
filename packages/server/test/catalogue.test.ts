import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnCheck, OwnCheckResult } from '@snug/graph';
import { Catalogue } from '../src/catalogue/catalogue.ts';
import type { NodeCode } from '../src/catalogue/catalogue.ts';
import { createProcessCode } from '../src/catalogue/process-code.ts';
import type { ProcessCodeOptions } from '../src/catalogue/process-code.ts';
import { ensureBuilt } from './fixtures/built.ts';
import { createFaultConfig } from './fixtures/fault-server.ts';
import { processCount } from './fixtures/processes.ts';

const lines: string[] = [];
const config = createFaultConfig(lines);
const codes: NodeCode[] = [];
let code: NodeCode;

async function createCode(options: Partial<ProcessCodeOptions> = {}): Promise<NodeCode> {
  const { packs, folders, onLine } = config;
  const created = await createProcessCode({ packs, folders, onLine, timeoutMs: 400, ...options });
  codes.push(created);
  return created;
}
beforeAll(async () => {
  ensureBuilt();
  code = await createCode();
});
afterAll(async () => {
  for (const one of codes) await one.close();
  config.remove();
});

const check = (mode: string, nodeId = mode): OwnCheck => ({
  nodeId,
  classType: 'FaultCheck',
  values: new Map([['mode', mode]]),
  types: new Map(),
});
const ask = async (...modes: string[]): Promise<readonly OwnCheckResult[]> =>
  code.check(modes.map((mode) => check(mode)));
const accepted = { kind: 'accepted' };
const gaveUp = (reason: string) => ({
  kind: 'thrown',
  thrown: expect.objectContaining({ text: `The node's own validation gave no answer: ${reason}.` }) as unknown,
});

describe('nodes’ own validation in its own process', () => {
  test('answers in the order of the questions', async () => {
    expect(await ask('ok', 'refuse', 'throw', 'ok')).toEqual([
      accepted,
      { kind: 'refused', text: 'not like this' },
      { kind: 'thrown', thrown: expect.objectContaining({ type: 'Error', text: 'cannot check' }) as unknown },
      accepted,
    ]);
  });

  test.each([
    ['spin', 'node code took longer than 400 ms'],
    ['never', 'node code took longer than 400 ms'],
  ])('one that does not end (%s) is given up after the limit, and the next one is answered', async (mode, reason) => {
    expect(await ask('ok', mode)).toEqual([accepted, gaveUp(reason)]);
    expect(await ask('ok')).toEqual([accepted]);
  });

  test('one that ends its process twice is given up, and the next one is answered', async () => {
    expect(await ask('exit')).toEqual([gaveUp('node code ended its process')]);
    expect(await ask('ok')).toEqual([accepted]);
  });

  test('those that stood behind one that hangs are answered by the next process', async () => {
    const patient = await createCode({ timeoutMs: 500 });
    const results = ['spin', 'ok', 'refuse'].map((mode) => patient.check([check(mode)]));
    expect((await Promise.all(results)).map(([result]) => result!.kind)).toEqual(['thrown', 'accepted', 'refused']);
    await patient.close();
  });

  test('the limit is for one answer, not for all of them', async () => {
    const checks = Array.from({ length: 20_000 }, (_, at) => check('ok', `${at}`));
    expect(await code.check(checks)).toHaveLength(20_000);
  });

  test('one that ends its process costs no other its answer, and one process starts in its place', async () => {
    // those that earlier tests ended may take a moment to be gone
    await expect.poll(processCount).toBe(1);
    const cause = ask('exit');
    const results = await Promise.all(Array.from({ length: 20 }, () => ask('ok')));
    expect(results).toEqual(Array.from({ length: 20 }, () => [accepted]));
    expect(await cause).toEqual([gaveUp('node code ended its process')]);
    await expect.poll(processCount).toBe(1);
  });
});

describe('descriptions', () => {
  test('the last good ones serve while node code hangs, and the new ones afterwards', async () => {
    const catalogue = new Catalogue(code);
    await catalogue.load();
    const hang = join(config.folders.input, 'spin');
    writeFileSync(join(config.folders.input, 'a.png'), '');
    await catalogue.refresh(['FaultChoices']);
    expect(catalogue.toText('FaultChoices')).toContain('"a.png"');
    writeFileSync(hang, '');
    await catalogue.refresh();
    expect(catalogue.toText('FaultChoices')).toContain('"a.png"');
    rmSync(hang);
    writeFileSync(join(config.folders.input, 'b.png'), '');
    await catalogue.refresh();
    expect(catalogue.toText('FaultChoices')).toContain('"b.png"');
  });

  test('nodes that do not vary are not asked for again', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const catalogue = new Catalogue({
      ...code,
      describe: (classTypes) => {
        asked.push(classTypes);
        return code.describe(classTypes);
      },
    });
    await catalogue.load();
    await catalogue.refresh(['Echo', 'Step']);
    await catalogue.refresh(['Echo', 'FaultChoices']);
    expect(asked).toEqual([undefined, ['FaultChoices']]);
  });

  test('of one class type the text holds that alone; of an unknown one nothing', async () => {
    const catalogue = new Catalogue(code);
    await catalogue.load();
    expect(Object.keys(JSON.parse(catalogue.toText('Echo')) as object)).toEqual(['Echo']);
    for (const unknown of ['', '__proto__', 'toString']) expect(catalogue.toText(unknown)).toBe('{}');
    expect(catalogue.typeOf('__proto__')).toBeUndefined();
    expect(Object.keys(JSON.parse(catalogue.toText()) as object)).toHaveLength(catalogue.size);
  });
});

describe('loading packs anew', () => {
  const file = join(config.base, 'watched.ts');
  const write = (type: string): void =>
    writeFileSync(
      file,
      `import { defineNode, definePack } from '@snug/node-kit';
      const node = defineNode({ type: '${type}', category: 'x', inputs: {}, outputs: {}, outputNode: true, run() {} });
      export const pack = definePack({ name: 'watched', nodes: [node] });\n`,
    );

  test('shows what is there now; what cannot be loaded leaves the earlier nodes in place', async () => {
    write('First');
    const watched = await createCode({ packs: [pathToFileURL(file).href] });
    const catalogue = new Catalogue(watched);
    await catalogue.load();
    expect(catalogue.typeOf('First')).toBeDefined();
    write('Second');
    await catalogue.reload();
    expect([catalogue.typeOf('First'), catalogue.typeOf('Second')]).toEqual([undefined, expect.anything()]);
    writeFileSync(file, 'export const pack = {{{');
    await expect(catalogue.reload()).rejects.toThrow(/watched\.ts:1:\d+/);
    expect(catalogue.typeOf('Second')).toBeDefined();
    expect(await watched.check([check('ok')])).toEqual([accepted]);
  });

  test('questions that were open when packs were loaded anew are answered', async () => {
    const open = code.check([check('never')]);
    await code.reload();
    expect(await open).toEqual([gaveUp('node code took longer than 400 ms')]);
    expect(await ask('ok')).toEqual([accepted]);
  });
});

describe('starting', () => {
  test.each([
    ['a file that is no pack', 'export const nothing = 1;', /export `definePack/],
    ['a file with a mistake', 'export const pack = {{{', /bad\.ts:1:\d+: /],
    ['a file that throws', "throw new Error('not today');", /not today/],
  ])('%s rejects with one sentence, and leaves no process behind', async (_what, source, problem) => {
    const file = join(config.base, 'bad.ts');
    writeFileSync(file, source);
    const before = await processCount();
    await expect(createCode({ packs: [pathToFileURL(file).href] })).rejects.toThrow(problem);
    expect(await processCount()).toBe(before);
  });
});
