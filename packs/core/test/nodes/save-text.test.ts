import type { NodeFiles } from '@snug/node-kit';
import { FileRefused } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { runNode } from '../run-node.ts';

/** Files in memory, named as the real ones are. */
function memoryFiles() {
  const written = new Map<string, string>();
  const files: Pick<NodeFiles, 'series' | 'write'> = {
    async series(prefix) {
      if (prefix.startsWith('..')) throw new FileRefused(prefix, 'outside');
      const at = prefix.lastIndexOf('/');
      const subfolder = prefix.slice(0, Math.max(at, 0));
      let count = 0;
      return {
        subfolder,
        next({ extension, closing = '_' }) {
          const filename = `${prefix.slice(at + 1)}_${String(++count).padStart(5, '0')}${closing}.${extension}`;
          return { filename, subfolder, type: 'output', path: `/output/${subfolder}/${filename}` };
        },
      };
    },
    async write(path, bytes) {
      written.set(path, new TextDecoder().decode(bytes));
    },
  };
  return { written, files };
}

async function save(values: Record<string, unknown>) {
  const { written, files } = memoryFiles();
  const result = await runNode('SaveText', { prompt: new Map(), extra_pnginfo: null, ...values }, files);
  return { ...result, written: [...written] };
}

describe('SaveText', () => {
  it('writes the text, shows it with its file and passes it on', async () => {
    const { outputs, ui, written } = await save({ text: 'né', filename_prefix: 'a/b', format: 'md' });
    expect(written).toEqual([['/output/a/b_00001.md', 'né']]);
    expect(outputs).toEqual({ text: 'né' });
    expect(ui).toEqual({ text: ['né'], files: [{ filename: 'b_00001.md', subfolder: 'a', type: 'output' }] });
  });

  it.each([
    ['{"a":[1.0,2]}', '{\n  "a": [\n    1.0,\n    2\n  ]\n}'],
    ['not json', 'not json'],
  ])('writes %j to a json file, indented when it is JSON', async (text, content) => {
    const { written } = await save({ text, filename_prefix: 'x', format: 'json' });
    expect(written).toEqual([['/output//x_00001.json', content]]);
  });

  it('leaves JSON in other files as it is', async () => {
    const { written } = await save({ text: '{"a":1}', filename_prefix: 'x', format: 'txt' });
    expect(written).toEqual([['/output//x_00001.txt', '{"a":1}']]);
  });

  it('lets a refused prefix through', async () => {
    await expect(save({ text: 'a', filename_prefix: '../x', format: 'txt' })).rejects.toThrow(FileRefused);
  });
});
