import type { Image } from '@snug/node-kit';
import { Float } from '@snug/protocol';
import { expect, test } from 'vitest';
import { flatImage } from '../../src/testing/flat-images.ts';
import { check, nodeOf, run } from '../fake-context.ts';
import type { Values } from '../fake-context.ts';

const small = flatImage(0.5, { height: 2, width: 2, batch_size: 1 });

test.each(['TestCustomValidation1', 'TestCustomValidation2', 'TestCustomValidation4'])(
  '%s refuses the int 5 and a text, and accepts 5.0, 0.5 and a link',
  async (type) => {
    expect(await check(type, { input1: 5 })).toBe("Invalid type of input1: <class 'int'>");
    expect(await check(type, { input1: 0.5, input2: 2n ** 64n })).toBe("Invalid type of input2: <class 'int'>");
    expect(await check(type, { input1: 'foo' })).toBe("Invalid type of input1: <class 'str'>");
    expect(await check(type, { input1: true })).toBe("Invalid type of input1: <class 'bool'>");
    expect(await check(type, { input1: new Float(5), input2: 0.5 })).toBe(true);
    expect(await check(type, {})).toBe(true);
  },
);

test('an image is a value of TestCustomValidation1 but not of TestCustomValidation4', async () => {
  expect(await check('TestCustomValidation1', { input1: small })).toBe(true);
  expect(await check('TestCustomValidation4', { input1: small })).toBe("Invalid type of input1: <class 'object'>");
});

test('TestCustomValidation2 takes links of exactly IMAGE and FLOAT', async () => {
  expect(await check('TestCustomValidation2', {}, { input1: 'IMAGE', input2: 'FLOAT' })).toBe(true);
  expect(await check('TestCustomValidation2', {}, { input1: 'INT' })).toBe('Invalid type of input1: INT');
  expect(await check('TestCustomValidation2', {}, { input2: 'MASK' })).toBe('Invalid type of input2: MASK');
});

test('a variant node takes links whose types are all declared, and wildcards', async () => {
  for (const type of ['IMAGE', 'FLOAT', 'FLOAT, IMAGE', '*']) {
    expect(await check('TestCustomValidation3', {}, { input1: type })).toBe(true);
  }
  for (const type of ['INT', 'MASK', 'IMAGE,INT']) {
    expect(await check('TestCustomValidation3', {}, { input1: type })).toMatch(`Invalid type of input1: ${type}`);
  }
  expect(await check('TestAccumulateNode', {}, { to_add: 'IMAGE', accumulation: 'ACCUMULATION' })).toBe(true);
  expect(await check('TestAccumulateNode', {}, { accumulation: 'IMAGE', ['__proto__']: 'X' })).toMatch('accumulation');
});

test('TestCustomValidation5 takes over all checks and refuses only a 7', async () => {
  expect(nodeOf('TestCustomValidation5').validate?.inputs).toBe('all');
  expect(await check('TestCustomValidation5', { input1: 0, input2: 5 })).toBe(true);
  expect(await check('TestCustomValidation5', { input1: 0, input2: 7 })).toBe(
    "7s are not allowed. I've never liked 7s.",
  );
});

test.each(['TestCustomValidation1', 'TestCustomValidation2', 'TestCustomValidation3'])(
  '%s multiplies floats and images in any mix',
  async (type) => {
    const [half, flat] = [new Float(0.5), async (inputs: Values) => (await run(type, inputs)) as { image: Image }];
    const square = await flat({ input1: half, input2: half });
    expect(square.image).toMatchObject({ batch: 1, height: 512, width: 512, channels: 3 });
    expect(square.image.data[0]).toBe(0.25);
    for (const [input1, input2] of [
      [small, half],
      [half, small],
      [small, small],
    ]) {
      const { image } = await flat({ input1, input2 });
      expect([image.width, new Set(image.data)]).toEqual([2, new Set([0.25])]);
    }
  },
);

test('the async validations compare the value with the limit, when both are known', async () => {
  expect(await check('TestAsyncValidation', { value: 5, threshold: 10 })).toBe(true);
  expect(await check('TestAsyncValidation', { value: 5, threshold: 2.5 })).toBe('Value 5.0 exceeds threshold 2.5');
  expect(await check('TestAsyncValidation', { value: 5 })).toBe(true);
  expect(await check('TestAsyncValidationError', { value: 15, max_value: 10 })).toMatch('15.0');
  expect(await check('TestAsyncValidationError', { max_value: 10 })).toBe(true);
  const { image } = (await run('TestAsyncValidation', { value: 5, threshold: 10 })) as { image: Image };
  expect(image.data[0]).toBe(0.5);
});
