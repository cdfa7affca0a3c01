import { Blocker, Link } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { expansionOf } from '../expansion-of.ts';
import { fakeContext, fakeGraph, run } from '../fake-context.ts';

const noValues = { value0: null, value1: null, value2: null, value3: null, value4: null };

test('TestWhileLoopOpen gives its values, null where there is none', async () => {
  expect(await run('TestWhileLoopOpen', { condition: true, initial_value1: 'x' })).toEqual({
    flow_control: 'stub',
    ...noValues,
    value1: 'x',
  });
});

test('TestWhileLoopClose gives its values when the condition is false', async () => {
  const values = { flow_control: ['1', 0], condition: false, unique_id: '5', initial_value0: 3, initial_value4: 'y' };
  expect(await run('TestWhileLoopClose', { ...values, dynprompt: fakeGraph({}) })).toEqual({
    ...noValues,
    value0: 3,
    value4: 'y',
  });
});

// 9 feeds the loop from outside, 6 and 7 only leave it
const loop = fakeGraph({
  '9': ['StubImage', {}],
  '1': ['TestWhileLoopOpen', { condition: true, initial_value1: ['9', 0], initial_value2: 'x' }],
  '2': ['Body', { a: ['1', 2], b: ['9', 0], text: 'kept' }],
  '3': ['Body', { a: ['2', 0] }],
  '4': ['Unrelated', { a: ['9', 0] }],
  '5': [
    'TestWhileLoopClose',
    { flow_control: ['1', 0], condition: ['2', 1], initial_value1: ['3', 0], initial_value2: ['4', 0] },
  ],
  '6': ['SideShow', { a: ['2', 0] }],
  '7': ['Consumer', { a: ['5', 1] }],
});

test('TestWhileLoopClose clones what lies between its ends, shown as the originals', async () => {
  const inputs = {
    flow_control: ['1', 0],
    condition: true,
    unique_id: '5',
    dynprompt: loop,
    initial_value1: 'later',
    initial_value2: null,
  };
  const { nodes, outputs } = expansionOf(await run('TestWhileLoopClose', inputs, fakeContext('5')));
  expect(nodes).toEqual({
    '5.0.0.1': { type: 'TestWhileLoopOpen', inputs: { condition: true, initial_value1: 'later' }, as: '1' },
    '5.0.0.2': { type: 'Body', inputs: { a: '5.0.0.1:2', b: '9:0', text: 'kept' }, as: '2' },
    '5.0.0.3': { type: 'Body', inputs: { a: '5.0.0.2:0' }, as: '3' },
    '5.0.0.Recurse': {
      type: 'TestWhileLoopClose',
      inputs: {
        flow_control: '5.0.0.1:0',
        condition: '5.0.0.2:1',
        initial_value1: '5.0.0.3:0',
        initial_value2: '4:0',
      },
      as: '5',
    },
  });
  expect(outputs).toEqual({
    value0: '5.0.0.Recurse:0',
    value1: '5.0.0.Recurse:1',
    value2: '5.0.0.Recurse:2',
    value3: '5.0.0.Recurse:3',
    value4: '5.0.0.Recurse:4',
  });
});

test('TestWhileLoopClose finds its way through the links of expanded nodes', async () => {
  const graph = fakeGraph({
    '1': ['TestForLoopOpen', { remaining: 3 }],
    '5.0.0.1': ['TestIntMathOperation', { a: new Link('1', 1), b: 1 }],
    '5.0.0.3': ['TestWhileLoopClose', { flow_control: new Link('1', 0), initial_value0: new Link('5.0.0.1', 0) }],
  });
  const inputs = {
    flow_control: ['1', 0],
    condition: true,
    unique_id: '5.0.0.3',
    dynprompt: graph,
    initial_value0: 2n,
  };
  const { nodes } = expansionOf(await run('TestWhileLoopClose', inputs, fakeContext('5.0.0.3')));
  expect(nodes).toEqual({
    '5.0.0.3.0.0.1': { type: 'TestForLoopOpen', inputs: { remaining: 3, initial_value0: 2n }, as: '1' },
    '5.0.0.3.0.0.5.0.0.1': { type: 'TestIntMathOperation', inputs: { a: '5.0.0.3.0.0.1:1', b: 1 }, as: '5.0.0.1' },
    '5.0.0.3.0.0.Recurse': {
      type: 'TestWhileLoopClose',
      inputs: { flow_control: '5.0.0.3.0.0.1:0', initial_value0: '5.0.0.3.0.0.5.0.0.1:0' },
      as: '5.0.0.3',
    },
  });
});

test('a later round names its clones as the first did', async () => {
  const graph = fakeGraph({
    '5.0.0.1': ['TestWhileLoopOpen', {}],
    '5.0.0.2': ['Body', { a: new Link('5.0.0.1', 1) }],
    '5.0.0.Recurse': ['TestWhileLoopClose', { flow_control: new Link('5.0.0.1', 0), a: new Link('5.0.0.2', 0) }],
  });
  const inputs = { flow_control: ['5.0.0.1', 0], condition: true, unique_id: '5.0.0.Recurse', dynprompt: graph };
  const { nodes } = expansionOf(await run('TestWhileLoopClose', inputs, fakeContext('5.0.0.Recurse')));
  expect(new Map(Object.entries(nodes).map(([id, { as }]) => [id, as]))).toEqual(
    new Map([
      ['5.0.0.Recurse.0.0.1', '5.0.0.1'],
      ['5.0.0.Recurse.0.0.2', '5.0.0.2'],
      ['5.0.0.Recurse.0.0.Recurse', '5.0.0.Recurse'],
    ]),
  );
});

test('a body of ten thousand nodes is cloned', async () => {
  const chain = Array.from({ length: 10_000 }, (_, at) => [`n${at}`, ['Body', { a: [at ? `n${at - 1}` : 'open', 0] }]]);
  const graph = fakeGraph({
    open: ['TestWhileLoopOpen', {}],
    ...(Object.fromEntries(chain) as Record<string, readonly [string, Record<string, unknown>]>),
    close: ['TestWhileLoopClose', { flow_control: ['open', 0], initial_value0: ['n9999', 0] }],
  });
  const inputs = { flow_control: ['open', 0], condition: true, unique_id: 'close', dynprompt: graph };
  const { nodes } = expansionOf(await run('TestWhileLoopClose', inputs, fakeContext('close')));
  expect(Object.keys(nodes)).toHaveLength(10_002);
});

test('a loop without a way from its start to its end is refused', async () => {
  const inputs = { condition: true, unique_id: '5', dynprompt: loop };
  const backwards = run('TestWhileLoopClose', { ...inputs, flow_control: ['7', 0] });
  await expect(backwards).rejects.toThrow('Node 5 does not depend on node 7');
  const unlinked = run('TestWhileLoopClose', { ...inputs, flow_control: 'stub' });
  await expect(unlinked).rejects.toThrow('flow_control is no link');
});

test('a body node with the id of the clone that recurs is refused', async () => {
  const dynprompt = fakeGraph({
    '1': ['TestWhileLoopOpen', {}],
    Recurse: ['Body', { a: ['1', 1] }],
    '5': ['TestWhileLoopClose', { flow_control: ['1', 0], initial_value0: ['Recurse', 0] }],
  });
  const inputs = { flow_control: ['1', 0], condition: true, unique_id: '5', dynprompt };
  await expect(run('TestWhileLoopClose', inputs)).rejects.toThrow('would be called Recurse: rename the node');
});

test('TestForLoopOpen counts from its input in the first round', async () => {
  const result = await run('TestForLoopOpen', { remaining: 3n, initial_value2: 'x' }, fakeContext('1'));
  expect(expansionOf(result)).toEqual({
    nodes: {
      '1.0.0.1': {
        type: 'TestWhileLoopOpen',
        inputs: { condition: true, initial_value0: 3n, initial_value2: 'x' },
      },
    },
    outputs: { flow_control: 'stub', remaining: 3n, value1: null, value2: 'x', value3: null, value4: null },
  });
});

test('TestForLoopOpen counts from the value of the round in later ones', async () => {
  const { outputs } = expansionOf(await run('TestForLoopOpen', { remaining: 3n, initial_value0: 2n }));
  expect(outputs).toMatchObject({ remaining: 2n });
});

test('TestForLoopClose becomes a while loop that counts down', async () => {
  const inputs = { flow_control: ['1', 0], initial_value1: ['3', 0], initial_value3: 'constant' };
  expect(expansionOf(await run('TestForLoopClose', inputs, fakeContext('5')))).toEqual({
    nodes: {
      '5.0.0.1': { type: 'TestIntMathOperation', inputs: { operation: 'subtract', a: '1:1', b: 1 } },
      '5.0.0.2': { type: 'TestToBoolNode', inputs: { value: '5.0.0.1:0' } },
      '5.0.0.3': {
        type: 'TestWhileLoopClose',
        inputs: {
          flow_control: '1:0',
          condition: '5.0.0.2:0',
          initial_value0: '5.0.0.1:0',
          initial_value1: '3:0',
          initial_value3: 'constant',
        },
      },
    },
    outputs: { value1: '5.0.0.3:1', value2: '5.0.0.3:2', value3: '5.0.0.3:3', value4: '5.0.0.3:4' },
  });
});

test('TestExecutionBlocker blocks with a message, silently, or not at all', async () => {
  const inputs = { input: 'x', block: true };
  expect(await run('TestExecutionBlocker', { ...inputs, verbose: true })).toEqual({
    output: new Blocker('Blocked Execution'),
  });
  expect(await run('TestExecutionBlocker', { ...inputs, verbose: false })).toEqual({ output: new Blocker() });
  expect(await run('TestExecutionBlocker', { ...inputs, block: false, verbose: true })).toEqual({ output: 'x' });
});
