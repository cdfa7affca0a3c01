/** Sessions in threads of their own, whole and in halves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import { openTensorFile } from '../../src/engine/index.ts';
import { unetWeights } from '../../src/engine/names/places.ts';
import { GraphWriter } from '../../src/engine/onnx/graph.ts';
import type { FinishedGraph } from '../../src/engine/onnx/graph.ts';
import { createSession } from '../../src/engine/session.ts';
import type { Session } from '../../src/engine/session.ts';
import { unetGraph } from '../../src/engine/unet/graph.ts';
import { weightsOf } from '../../src/engine/weights/weights.ts';
import { randomNumbers, TINY_TEXT_WIDTH, writeTinyCheckpoint } from './tiny-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-session-'));
afterAll(() => rmSync(folder, { recursive: true }));
const checkpoint = join(folder, 'tiny.safetensors');
writeTinyCheckpoint(checkpoint, 'sd1');
const file = await openTensorFile(checkpoint);
const options = { device: 'cpu', threads: 1 } as const;

const random = randomNumbers(5);
const noise = (...shape: number[]): Tensor => {
  const tensor = createTensor(shape);
  return { ...tensor, data: tensor.data.map(() => random() * 2 - 1) };
};

/** Gives `y`, its input `x` plus one, and `z`, twice that. */
function smallGraph(x = 'x', y = 'y', z = 'z'): FinishedGraph {
  const graph = new GraphWriter(weightsOf(file));
  const sum = graph.op('Add', [graph.input(x, ['count']), graph.floats([1], [])]);
  graph.output(y, sum, ['count']);
  graph.output(z, graph.op('Add', [sum, sum]), ['count']);
  return graph.finish();
}

async function using<T>(parts: readonly FinishedGraph[], work: (session: Session) => Promise<T>): Promise<T> {
  const session = await createSession(parts, 'it', options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

describe('a session', () => {
  it('gives the outputs that were asked for, in their order, and leaves the inputs to who has them', async () => {
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    await using([smallGraph()], async (session) => {
      expect(await session.run({ x }, ['z', 'y'])).toEqual([
        { data: Float32Array.of(4, 6), shape: [2] },
        { data: Float32Array.of(2, 3), shape: [2] },
      ]);
      expect(await session.run({ x }, ['y'])).toEqual([{ data: Float32Array.of(2, 3), shape: [2] }]);
      expect(x.data).toEqual(Float32Array.of(1, 2));
    });
  });

  it('in parts hands on what one makes to the next', async () => {
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    const parts = [smallGraph('x', 'y', 'z'), smallGraph('z', 'v', 'w')];
    expect(await using(parts, (session) => session.run({ x }, ['w']))).toEqual([
      { data: Float32Array.of(10, 14), shape: [2] },
    ]);
  });

  it('says what failed: an output that it has not, a graph that is none, and works again afterwards', async () => {
    const x = { data: Float32Array.of(1), shape: [1] };
    await using([smallGraph()], async (session) => {
      await expect(session.run({ x }, ['nothing'])).rejects.toMatchObject({
        code: 'inference_failed',
        message: 'it gave no nothing.',
      });
      await expect(session.run({}, ['y'])).rejects.toMatchObject({ code: 'inference_failed' });
      expect((await session.run({ x }, ['y']))[0]?.data).toEqual(Float32Array.of(2));
    });
    const broken = { ...smallGraph(), bytes: Uint8Array.of(1, 2, 3) };
    await expect(createSession([smallGraph(), broken], 'it', options)).rejects.toMatchObject({
      code: 'inference_failed',
      message: expect.stringMatching(/^it could not be loaded: /),
    });
    expect((await using([smallGraph()], (session) => session.run({ x }, ['z'])))[0]?.data).toEqual(Float32Array.of(4));
  });

  it('leaves its thread to others while it works', async () => {
    const { parts } = unetGraph(unetWeights(file), 'sd1');
    await using(parts, async (session) => {
      const order: string[] = [];
      const done = session.run(unetInputs(24), ['prediction']).then(() => order.push('done'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push('another turn');
      await done;
      expect(order).toEqual(['another turn', 'done']);
    });
  });
});

const unetInputs = (side: number) => ({
  latent: noise(2, 4, side, side),
  time: noise(2, 32),
  context: noise(2, 77, TINY_TEXT_WIDTH),
});

it('a UNet in halves predicts what it predicts whole', async () => {
  const weights = unetWeights(file);
  const whole = unetGraph(weights, 'sd1');
  const halves = unetGraph(weights, 'sd1', { isHalved: true });
  expect([whole.parts.length, halves.parts.length]).toEqual([1, 2]);
  const bytes = (parts: readonly FinishedGraph[]): number => parts.reduce((sum, part) => sum + part.weightBytes, 0);
  expect(bytes(halves.parts)).toBe(bytes(whole.parts));
  expect(halves.parts[0]!.weightBytes / bytes(whole.parts)).toBeGreaterThan(0.3);
  expect(halves.parts[0]!.weightBytes / bytes(whole.parts)).toBeLessThan(0.7);
  const inputs = unetInputs(8);
  const [want] = await using(whole.parts, (session) => session.run(inputs, ['prediction']));
  const [got] = await using(halves.parts, (session) => session.run(inputs, ['prediction']));
  expect(got?.shape).toEqual([2, 4, 8, 8]);
  expect(got).toEqual(want);
});

it('a process that exits while a network works exits as it wants to', async () => {
  const built = (name: string): string =>
    fileURLToPath(new URL(`../../dist/engine/${name}`, import.meta.url)).replaceAll('\\', '/');
  const script = `
    import { loadCheckpoint, createModelStore } from ${JSON.stringify(built('index.js'))};
    const { model } = await loadCheckpoint(process.argv[1], createModelStore({ threads: 1 }));
    const unet = await model.unet();
    await unet.load();
    const side = 48;
    void unet.predict({
      latent: { data: new Float32Array(4 * side * side), shape: [1, 4, side, side] },
      timesteps: Float32Array.of(5),
      context: { data: new Float32Array(77 * ${TINY_TEXT_WIDTH}), shape: [1, 77, ${TINY_TEXT_WIDTH}] },
    });
    setTimeout(() => process.exit(3), 20);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, checkpoint], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += String(bytes)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal, said }).toEqual({ code: 3, signal: null, said: '' });
});
