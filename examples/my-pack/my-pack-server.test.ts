/** The pack as a server loads it: from its TypeScript file, and from an npm package. Needs the build. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runPrompt, scratchFolder, servePack } from './served-pack.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..', '..');

describe('a pack in a TypeScript file', () => {
  test('runs its workflow: previews arrive, the file is written and can be fetched', async () => {
    const served = await servePack('./examples/my-pack/my-pack.ts', { cwd: ROOT });
    const workflow = JSON.parse(await readFile(join(HERE, 'workflow.json'), 'utf8')) as object;
    const { record, messages, frames } = await runPrompt(served, workflow);

    expect(record.status.status_str).toBe('success');
    const file = { filename: 'orange_00001_.gpl', subfolder: 'palettes', type: 'output' };
    expect(record.outputs['3']?.['files']).toEqual([file]);
    // darkest at both sides, and alike there
    const [left = '', middle = '', , right] = record.outputs['3']!['text'] as string[];
    expect(left).toMatch(/^#[0-9a-f]{6}$/);
    expect([right, left < middle]).toEqual([left, true]);
    expect(record.outputs['4']?.['images']).toHaveLength(1);
    // one preview for each of the three nodes that node 2 expanded into
    expect(frames).toHaveLength(3);

    const started = messages.filter(({ type, data }) => type === 'executing' && data['node'] !== null);
    expect(started.map(({ data }) => [data['node'], data['display_node']])).toEqual(
      expect.arrayContaining([
        ['2.0.0.1', '2'],
        ['2.0.0.3', '2'],
      ]),
    );
    const saved = await readFile(join(served.folder, 'output', 'palettes', 'orange_00001_.gpl'), 'utf8');
    expect(saved.split('\n').slice(0, 2)).toEqual(['GIMP Palette', 'Name: Orange']);
    const view = await fetch(`${served.url}/view?${new URLSearchParams(file)}`);
    expect([view.status, await view.text()]).toEqual([200, saved]);
  });

  test('tells its nodes to clients, and checks their inputs', async () => {
    const served = await servePack('./examples/my-pack/my-pack.ts', { cwd: ROOT });
    const told = (await (await fetch(`${served.url}/object_info/MyVignette`)).json()) as Record<string, unknown>;
    expect(told['MyVignette']).toMatchObject({
      display_name: 'Vignette',
      python_module: 'custom_nodes.my-pack',
      input: { required: { image: ['IMAGE'], shape: [['round', 'square'], { default: 'round' }] } },
    });
    const prompt = {
      1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
      2: { class_type: 'MyVignette', inputs: { image: ['1', 0], strength: 7, shape: 'oval' } },
      3: {
        class_type: 'MySavePalette',
        inputs: { image: ['2', 0], colours: 2, filename_prefix: 'x', title: 'two\nlines' },
      },
    };
    await expect(runPrompt(served, prompt)).rejects.toThrow(
      /value_bigger_than_max.*value_not_in_list.*custom_validation_failed.*The title must be one line/,
    );
  });

  test('is loaded anew when its file changes and --watch is given', async () => {
    const folder = await scratchFolder();
    const file = join(folder, 'watched.ts');
    const save = (name: string): Promise<void> =>
      writeFile(
        file,
        `import { defineNode, definePack } from '@snug/node-kit';
        const node = defineNode({ type: 'Watched', displayName: '${name}', category: 'x', inputs: {}, outputs: {}, run() {} });
        export default definePack({ name: 'watched', nodes: [node] });`,
      );
    await save('Before');
    const served = await servePack('./watched.ts', { cwd: folder, flags: ['--watch'] });
    const shownName = async (): Promise<unknown> => {
      const told = (await (await fetch(`${served.url}/object_info/Watched`)).json()) as Record<string, unknown>;
      return (told['Watched'] as Record<string, unknown>)['display_name'];
    };
    expect(await shownName()).toBe('Before');
    await save('After');
    await served.printed(/Packs loaded anew/);
    expect(await shownName()).toBe('After');
  });

  test('that does not compile keeps the server from starting, and says where', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'broken.ts'), 'export default definePack({\n  name: "broken" nodes: [] });\n');
    await expect(servePack('./broken.ts', { cwd: folder })).rejects.toThrow(/broken\.ts:2:\d+/);
  });

  test('that exports no pack keeps the server from starting, and says what to do', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'empty.ts'), 'export const nodes: string[] = [];\n');
    await expect(servePack('./empty.ts', { cwd: folder })).rejects.toThrow('export `definePack({ name, nodes })`');
  });
});

describe('a pack in an npm package', () => {
  /** A folder as `npm install` leaves it: the package, and in it another copy of the kit that must not be used. */
  async function installed(): Promise<string> {
    const folder = await scratchFolder();
    const pack = join(folder, 'node_modules', 'snug-pack-greeter');
    const kit = join(pack, 'node_modules', '@snug', 'node-kit');
    await mkdir(kit, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "name": "somewhere", "private": true }');
    await writeFile(
      join(pack, 'package.json'),
      '{ "name": "snug-pack-greeter", "version": "1.2.3", "type": "module", "exports": "./index.js" }',
    );
    await writeFile(
      join(pack, 'index.js'),
      `import { defineNode, definePack, input, output, STRING, withUi } from '@snug/node-kit';
      const greet = defineNode({
        type: 'Greet', category: 'greeter', outputNode: true,
        inputs: { name: input.string() }, outputs: { text: output.of(STRING) },
        run: ({ name }) => withUi({ text: ['Hello, ' + name] }, { text: 'Hello, ' + name }),
      });
      export const pack = definePack({ name: 'greeter', nodes: [greet] });`,
    );
    await writeFile(
      join(kit, 'package.json'),
      '{ "name": "@snug/node-kit", "version": "0.0.1", "type": "module", "exports": "./index.js" }',
    );
    await writeFile(join(kit, 'index.js'), `throw new Error('the copy of the package was loaded');`);
    return folder;
  }

  test('is found by its name and uses the kit of the server', async () => {
    const served = await servePack('snug-pack-greeter', { cwd: await installed() });
    const { record } = await runPrompt(served, { 1: { class_type: 'Greet', inputs: { name: 'Ada' } } });
    // a result of another copy's class would not be understood as one with something to show
    expect(record.outputs['1']).toEqual({ text: ['Hello, Ada'] });
    expect(served.output()).not.toContain('the copy of the package was loaded');
  });

  test('that is not installed keeps the server from starting, and says what to do', async () => {
    await expect(servePack('snug-pack-missing', { cwd: await installed() })).rejects.toThrow(
      'npm install snug-pack-missing',
    );
  });
});
