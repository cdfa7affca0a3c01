import { stringifyJson, toJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyInputs,
  extractWorkflow,
  parseWorkflow,
  readPictureText,
  workflowToPrompt,
} from '../src/workflow/index.ts';
import type { Conversion } from '../src/workflow/index.ts';

const describeNode = (required: object): NodeDescription => toJson({ input: { required } }) as NodeDescription;
const descriptions = new Map<string, NodeDescription>([
  ['A', describeNode({ x: ['X'], seed: ['INT', {}], mode: [['one', 'two']], pick: ['COMFY_DYNAMICCOMBO_V3', {}] })],
  ['B', describeNode({ x: ['X'], y: ['*'], text: ['STRING', { forceInput: true }] })],
]);

function convert(plain: unknown): Conversion {
  const workflow = parseWorkflow(toJson(plain));
  return Array.isArray(workflow) ? { kind: 'refused', problems: workflow } : workflowToPrompt(workflow, descriptions);
}

function converted(plain: unknown): JsonObject {
  const conversion = convert(plain);
  if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
  return conversion.prompt;
}

const inputsOf = (prompt: JsonObject): JsonObject[] =>
  [...prompt.values()].map((node) => (node as JsonObject).get('inputs') as JsonObject);

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const NODES = 8;
const LINKS = 16;
const id = fc.integer({ min: 1, max: NODES });
const type = oneOf('A', 'A', 'B', 'B', 'Reroute', 'PrimitiveNode', 'SetNode', 'GetNode', 'Note', 's1', 's2');
const socketType = oneOf('X', 'X', 'Y', '*', 'X,Y', 'INT');
const slot = oneOf(-1, 0, 0, 0, 1, 2);
const sockets = fc.array(fc.record({ name: oneOf('x', 'y'), type: socketType }), { minLength: 1, maxLength: 2 });
const inputs = fc.array(
  fc.record({ name: oneOf('x', 'y', 'seed', 'text'), type: socketType, link: fc.integer({ min: 1, max: LINKS }) }),
  { maxLength: 3 },
);
const value = fc.oneof(fc.integer(), oneOf('randomize', 'one', 'name', null));
const node = fc.record({
  type: fc.oneof({ weight: 60, arbitrary: type }, { weight: 1, arbitrary: oneOf('Unknown') }),
  mode: oneOf(0, 0, 0, 0, 2, 4),
  order: id,
  inputs,
  outputs: sockets,
  widgets_values: fc.oneof(fc.array(value, { maxLength: 6 }), fc.jsonValue()),
  properties: fc.record({ proxyWidgets: fc.array(fc.tuple(oneOf('-1', '1', '2'), oneOf('x', 'seed'))) }),
});
const link = fc.tuple(fc.oneof(id, id, oneOf(-10)), slot, fc.oneof(id, oneOf(-20)), slot, socketType);
const numbered = <T, R>(arbitrary: fc.Arbitrary<T>, length: number, withId: (item: T, id: number) => R) =>
  fc
    .array(arbitrary, { minLength: length, maxLength: length })
    .map((items) => items.map((item, at) => withId(item, at + 1)));
const nodes = numbered(node, NODES, (one, id) => ({ ...one, id }));
const links = numbered(link, LINKS, (one, id) => [id, ...one]);
const subgraph = (id: string) => fc.record({ id: oneOf(id), nodes, links, inputs: sockets, outputs: sockets });
const workflow = fc.record({
  nodes,
  links,
  definitions: fc.record({ subgraphs: fc.tuple(subgraph('s1'), subgraph('s2')) }),
});

const seed = 20_260_930;

describe('any workflow', () => {
  test('converts or is refused, never throws, and gives the same answer twice', () => {
    let prompts = 0;
    fc.assert(
      fc.property(workflow, (plain) => {
        const first = convert(plain);
        expect(convert(plain)).toEqual(first);
        expect(first.kind === 'converted' || first.problems.length > 0).toBe(true);
        prompts += first.kind === 'converted' && first.prompt.size > 0 ? 1 : 0;
      }),
      { seed, numRuns: 500 },
    );
    expect(prompts).toBeGreaterThan(20);
  });

  test('leads only to nodes of the prompt', () => {
    let followed = 0;
    fc.assert(
      fc.property(workflow, (plain) => {
        const conversion = convert(plain);
        const prompt = conversion.kind === 'converted' ? conversion.prompt : new Map<string, Json>();
        const values = inputsOf(prompt).flatMap((inputs) => [...inputs.values()]);
        const sources = values.filter((value) => Array.isArray(value)).map(([id]) => id as string);
        expect(sources.filter((id) => !prompt.has(id))).toEqual([]);
        followed += sources.length;
      }),
      { seed, numRuns: 500 },
    );
    expect(followed).toBeGreaterThan(100);
  });

  test('any JSON at all is read or refused without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (plain, text) => {
        convert(plain);
        convert({ nodes: plain, links: plain, definitions: { subgraphs: plain } });
        convert({ nodes: [{ id: 1, type: text, inputs: [plain], properties: plain }], links: [plain] });
        extractWorkflow(
          new Map([
            ['prompt', text],
            ['workflow', JSON.stringify(plain)],
          ]),
        );
        expect(applyInputs(new Map([['1', new Map()]]), new Map([[text, null]]))).toBeTypeOf('object');
      }),
      { seed, numRuns: 300 },
    );
  });

  test('any bytes after the head of a picture are read without throwing', () => {
    const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
    const chunk = fc
      .tuple(oneOf('tEXt', 'iTXt', 'comf', 'IDAT'), fc.uint8Array({ maxLength: 30 }))
      .map(([tag, data]) => [0, 0, 0, data.length, ...Buffer.from(tag), ...data, 0, 0, 0, 0]);
    const webp = fc
      .uint8Array({ maxLength: 60 })
      .map((data) => [...Buffer.from('RIFF....WEBPEXIF'), data.length, 0, 0, 0, 0x49, 0x49, 42, 0, ...data]);
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.array(chunk).map((chunks) => [...png, ...chunks.flat()]),
      webp,
    );
    fc.assert(
      fc.property(bytes, (list) => {
        const texts = [...readPictureText(Uint8Array.from(list))];
        expect(texts.filter(([key, value]) => key === '' || typeof value !== 'string')).toEqual([]);
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('long chains', () => {
  const LENGTH = 20_000;

  test('20,000 reroutes in a row lead from end to end, for 20,000 readers along the way', () => {
    const chain: unknown[] = [{ id: 0, type: 'A', outputs: [{ name: 'X', type: 'X' }], widgets_values: [1, 'one'] }];
    const wires: unknown[] = [];
    for (let id = 1; id <= LENGTH; id++) {
      chain.push({ id, type: 'Reroute', inputs: [{ name: '', type: '*', link: id }] });
      wires.push([id, id - 1, 0, id, 0, '*']);
      const reader = LENGTH + id;
      chain.push({ id: reader, type: 'B', inputs: [{ name: 'x', type: 'X', link: reader }] });
      wires.push([reader, id, 0, reader, 0, 'X']);
    }
    // the readers ask from the far end first, when nothing is known yet
    const prompt = converted({ nodes: [chain[0], ...chain.slice(1).reverse()], links: wires });
    expect(prompt.size).toBe(LENGTH + 1);
    const sources = new Set(
      inputsOf(prompt)
        .slice(1)
        .map((inputs) => stringifyJson(inputs)),
    );
    expect([...sources]).toEqual(['{"x":["0",0]}']);
  });

  test('20,000 bypassed nodes in a row hand the link on', () => {
    const slots = { inputs: [{ name: 'y', type: 'Y', link: null }], outputs: [{ name: 'o', type: 'X' }], mode: 4 };
    const chain: unknown[] = [{ id: 0, type: 'A', outputs: [{ name: 'X', type: 'X' }] }];
    const wires: unknown[] = [];
    for (let id = 1; id <= LENGTH; id++) {
      chain.push({ ...slots, id, type: 'B', inputs: [...slots.inputs, { name: 'x', type: 'X', link: id }] });
      wires.push([id, id - 1, 0, id, 1, 'X']);
    }
    chain.push({ id: LENGTH + 1, type: 'B', inputs: [{ name: 'x', type: 'X', link: LENGTH + 1 }] });
    wires.push([LENGTH + 1, LENGTH, 0, LENGTH + 1, 0, 'X']);
    const prompt = converted({ nodes: chain, links: wires });
    expect([...prompt.keys()]).toEqual(['0', String(LENGTH + 1)]);
    expect(
      inputsOf(prompt)
        .map((inputs) => stringifyJson(inputs))
        .at(-1),
    ).toBe('{"x":["0",0]}');
  });

  test('links that would take too long to follow are refused', () => {
    const chain: unknown[] = [];
    const wires: unknown[] = [];
    for (let id = 1; id <= LENGTH; id++) {
      chain.push({ id, type: 'Reroute', inputs: [{ name: '', type: '*', link: id }] });
      wires.push([id, id - 1, 0, id, 0, '*']);
    }
    // every reader asks for a type of its own, so that no answer serves twice
    const inputs = Array.from({ length: 100 }, (_, at) => ({ name: `i${at}`, type: `T${at}`, link: LENGTH + 1 }));
    wires.push([LENGTH + 1, LENGTH, 0, LENGTH + 1, 0, '*']);
    expect(convert({ nodes: [...chain, { id: LENGTH + 1, type: 'B', inputs }], links: wires })).toMatchObject({
      kind: 'refused',
      problems: [{ type: 'too_large' }],
    });
  });
});
