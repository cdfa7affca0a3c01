import { expect, test } from 'vitest';
import { definePack } from '@snug/node-kit';
import { createClassicCache, createExecutor } from '@snug/executor';
import { createMemoryFiles } from '@snug/testkit';

test('what is freed includes what packs hold; one that cannot keeps no other from it', async () => {
  const freed: string[] = [];
  const packs = [
    definePack({
      name: 'fails',
      nodes: [],
      free() {
        throw new Error('not now');
      },
    }),
    definePack({ name: 'plain', nodes: [] }),
    definePack({
      name: 'models',
      nodes: [],
      free: async () => {
        await Promise.resolve();
        freed.push('models');
      },
    }),
  ];
  const executor = createExecutor({ packs, files: createMemoryFiles(), cache: createClassicCache() });
  await executor.free();
  expect(freed).toEqual(['models']);
});
