import { parseJson, stringifyJson, toJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { parseWorkflow, workflowToPrompt } from '../src/workflow/index.ts';
import type { ConversionWarning, ConvertOptions } from '../src/workflow/index.ts';

type Inputs = Record<string, unknown>;

function convert(
  required: Inputs,
  nodes: unknown[],
  { links = [], optional = {}, ...options }: ConvertOptions & { links?: unknown[]; optional?: Inputs } = {},
): { inputs: (id: string) => string; warnings: readonly ConversionWarning[] } {
  const description = toJson({ input: { required, optional } }) as NodeDescription;
  const workflow = parseWorkflow(toJson({ nodes, links }));
  if (Array.isArray(workflow)) throw new Error(JSON.stringify(workflow));
  const conversion = workflowToPrompt(workflow, new Map([['T', description]]), options);
  if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
  const inputs = (id: string): string => stringifyJson((conversion.prompt.get(id) as JsonObject).get('inputs')!);
  return { inputs, warnings: conversion.warnings };
}

const one = (required: Inputs, values: unknown, options?: ConvertOptions & { optional?: Inputs }): string =>
  convert(required, [{ id: 1, type: 'T', widgets_values: values }], options).inputs('1');

const SEED = ['INT', { min: 0, max: 18446744073709551615n }];

describe('values by position', () => {
  test('keep their kind and all their digits', () => {
    const values = parseJson('[18446744073709551615, "fixed", 5.0, 5, 1e300]');
    const inputs = { seed: SEED, a: ['FLOAT'], b: ['FLOAT'], c: ['FLOAT'] };
    expect(one(inputs, values)).toBe('{"seed":18446744073709551615,"a":5.0,"b":5,"c":1e+300}');
  });

  test('a control word after a number counts as one unless the next widget can hold it', () => {
    expect(one({ n: ['INT'], k: ['INT'] }, [1, 'increment', 2])).toBe('{"n":1,"k":2}');
    expect(one({ n: ['INT'], k: ['STRING'] }, [1, 'fixed'])).toBe('{"n":1,"k":"fixed"}');
    expect(one({ n: ['INT'], k: [['fixed', 'free']] }, [1, 'fixed'])).toBe('{"n":1,"k":"fixed"}');
    expect(one({ seed: ['INT'], k: ['STRING'] }, [1, 'fixed', 'a'])).toBe('{"seed":1,"k":"a"}');
    expect(one({ seed: ['INT', { control_after_generate: false }], k: ['STRING'] }, [1, 'fixed'])).toBe(
      '{"seed":1,"k":"fixed"}',
    );
  });

  test('a choice with a control has a filter text behind it', () => {
    const inputs = { pick: [['a', 'b'], { control_after_generate: true }], size: ['INT'] };
    expect(one(inputs, ['b', 'randomize', '', 7])).toBe('{"pick":"b","size":7}');
  });

  test('what is not saved takes the default of the front end, what has none is left out', () => {
    const inputs = {
      i: ['INT'],
      f: ['FLOAT', { default: 0.5 }],
      s: ['STRING'],
      b: ['BOOLEAN'],
      c: [['x', 'y']],
      e: [[]],
    };
    const more = {
      m: ['COMBO', { multiselect: true, options: ['x'] }],
      r: ['COMBO', {}],
      o: ['COLOR', { socketless: true }],
    };
    expect(one({ ...inputs, ...more }, [])).toBe('{"i":0,"f":0.5,"s":"","b":false,"c":"x","m":{"__value__":[]}}');
  });

  test('inputs of an unknown type are widgets when the file says so', () => {
    const node = {
      id: 1,
      type: 'T',
      inputs: [{ name: 'g', type: 'GRADIENT', widget: { name: 'g' } }],
      widgets_values: [[1, 2], 5],
    };
    expect(convert({ g: ['GRADIENT'], n: ['INT'] }, [node]).inputs('1')).toBe('{"g":{"__value__":[1,2]},"n":5}');
  });

  test('values of another kind than described are passed on with a warning', () => {
    const { inputs, warnings } = convert({ n: ['INT'], s: ['STRING'] }, [
      { id: 1, type: 'T', widgets_values: ['a', 5] },
    ]);
    expect(inputs('1')).toBe('{"n":"a","s":5}');
    expect(warnings).toMatchObject([
      { nodeId: '1', type: 'widget_mismatch', message: expect.stringContaining('n, s') },
    ]);
  });

  test('values by name help out where positions do not fit', () => {
    const node = { id: 1, type: 'T', widgets_values: ['a'], widgets_values_named: { n: 3, s: 'b' } };
    expect(convert({ n: ['INT'], s: ['STRING'] }, [node]).inputs('1')).toBe('{"n":3,"s":"b"}');
  });

  test('a choice that is not offered any more is passed on with a warning', () => {
    const pick = ['COMFY_DYNAMICCOMBO_V3', { options: [{ key: 'a', inputs: { required: { n: ['INT'] } } }] }];
    const { inputs, warnings } = convert({ pick }, [{ id: 1, type: 'T', widgets_values: ['z'] }]);
    expect([inputs('1'), warnings[0]?.type]).toEqual(['{"pick":"z"}', 'unknown_choice']);
  });
});

describe('controls of seeds', () => {
  const advance = (control: string, value: unknown, spec: unknown = SEED, random?: () => number): string =>
    one({ seed: spec }, [value, control], { controlSeeds: 'advance', random });

  test('are not applied unless asked for', () => {
    expect(one({ seed: SEED }, [5, 'increment'], { random: () => 0.5 })).toBe('{"seed":5}');
  });

  test('count up and down exactly, within the limits of the input', () => {
    expect(advance('increment', 9007199254740993n)).toBe('{"seed":9007199254740994}');
    expect(advance('increment', 18446744073709551615n)).toBe('{"seed":18446744073709551615}');
    expect(advance('decrement', 0)).toBe('{"seed":0}');
    expect(advance('increment', 6, ['INT', { step: 8, max: 10 }])).toBe('{"seed":10}');
    expect(advance('fixed', 6)).toBe('{"seed":6}');
  });

  test('draw below 2^50, and only from the source of numbers given', () => {
    expect(advance('randomize', 6, SEED, () => 0.5)).toBe(`{"seed":${2 ** 49}}`);
    expect(advance('randomize', 6, ['INT', { min: 10, max: 20, step: 5 }], () => 0.6)).toBe('{"seed":15}');
    expect(advance('randomize', 6)).toBe('{"seed":6}');
  });

  test('step through choices', () => {
    const pick = [['a', 'b', 'c'], { control_after_generate: true }];
    expect(advance('increment', 'b', pick)).toBe('{"seed":"c"}');
    expect(advance('increment', 'c', pick)).toBe('{"seed":"c"}');
    expect(advance('increment-wrap', 'c', pick)).toBe('{"seed":"a"}');
    expect(advance('decrement', 'a', pick)).toBe('{"seed":"a"}');
    expect(advance('randomize', 'a', pick, () => 0.99)).toBe('{"seed":"c"}');
  });

  test('a primitive changes once for all inputs that it feeds', () => {
    let drawn = 0;
    const random = (): number => ++drawn / 10;
    const fed = (id: number) => ({
      id,
      type: 'T',
      inputs: [{ name: 'seed', type: 'INT', link: id }],
      widgets_values: [1, 'fixed'],
    });
    const nodes = [{ id: 9, type: 'PrimitiveNode', widgets_values: [5, 'randomize'] }, fed(1), fed(2)];
    const links = [1, 2].map((id) => [id, 9, 0, id, 0, 'INT']);
    const { inputs } = convert({ seed: ['INT', { max: 100 }] }, nodes, { links, controlSeeds: 'advance', random });
    expect([inputs('1'), inputs('2'), drawn]).toEqual(['{"seed":10}', '{"seed":10}', 1]);
  });
});

describe('texts with choices', () => {
  const resolve = (text: string, random?: () => number): Json =>
    (parseJson(one({ text: ['STRING', { dynamicPrompts: true }] }, [text], { random })) as JsonObject).get('text')!;
  const last = (): number => 0.999;

  test.each([
    ['a {red|blue|green} fox', 'a green fox'],
    ['{a|{b|c} d} e', 'c d e'],
    ['{a|} b', ' b'],
    ['\\{a\\|b\\} {c}', '{a|b} c'],
    ['open {a|b', 'open {a|b'],
    ['close a|b}', 'close a|b}'],
    ['fox // a note\nin a /* or\nunder */tree', 'fox \nin a tree'],
    ['never /* closed // but ended', 'never /* closed '],
    ['1/2 and C:\\x', '1/2 and C:\\x'],
  ])('%j becomes %j', (text, expected) => expect(resolve(text, last)).toBe(expected));

  test('stay as they are without a source of numbers, and in inputs that do not ask for it', () => {
    expect(resolve('a {b|c} // d')).toBe('a {b|c} // d');
    expect(one({ text: ['STRING', {}] }, ['{b|c}'], { random: last })).toBe('{"text":"{b|c}"}');
  });

  test('deep and hostile nesting is read in one pass', () => {
    const deep = 100_000;
    expect(resolve('{'.repeat(deep) + 'x' + '}'.repeat(deep), last)).toBe('x');
    expect(resolve('/* '.repeat(deep), last)).toHaveLength(3 * deep);
    expect(resolve('{'.repeat(deep), last)).toHaveLength(deep);
  });
});
