import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Float, parseJson, stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { Validation } from '../src/index.ts';
import { describedType, promptOf, validate } from './validate-fixtures.ts';

const HOSTILE = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'a.b', '0', '-1', 'in', '\n', '\u0000'];

const key = fc.oneof(
  fc.constantFrom(...HOSTILE, 'class_type', 'inputs', '_meta', 'title', '__value__', 'x', 'g.image0'),
  fc.string({ maxLength: 3 }),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constantFrom<Json>(
        null,
        true,
        false,
        NaN,
        Infinity,
        -0,
        1e300,
        2n ** 70n,
        -(2n ** 64n),
        new Float(5),
        new Float(-0),
      ),
      fc.integer(),
      fc.double(),
      key,
    ),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((entries): Json => new Map(entries)),
  ),
}));

const TYPES = [
  describedType('T', {
    required: { x: ['INT', { min: -5, max: 5 }], in: ['FLOAT', { min: 0 }], constructor: ['STRING'] },
    optional: {
      toString: [['a', 1]],
      '': ['BOOLEAN'],
      '0': ['COMBO', { options: ['q'], multiselect: true }],
      __proto__: ['*'],
    },
    outputs: ['INT', '*'],
  }),
  describedType('G', {
    required: {
      g: ['COMFY_AUTOGROW_V3', { template: { prefix: 'image', min: 1, max: 2, input: { required: { i: ['*'] } } } }],
    },
    outputs: ['*'],
  }),
  describedType('Own', { required: { x: ['INT'] }, outputs: ['*'], own: { inputs: 'all', types: true } }),
];
const CLASSES = ['T', 'G', 'Own', 'End', 'Ends', 'Pass', 'Image', 'Make'];

/** Nearly a prompt: known classes, links that may lead anywhere, values of any kind. */
const ids = fc.constantFrom(...HOSTILE.slice(0, 6), 'n1', 'n2');
const link: fc.Arbitrary<Json> = fc.tuple(
  ids,
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom<Json>(0, 1, -1) }, { weight: 1, arbitrary: json }),
);
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: link },
  { weight: 2, arbitrary: json },
  { weight: 1, arbitrary: fc.integer() },
);
const inputNames = fc.constantFrom('x', 'in', 'a', 'b', 'image', 'g.image0', 'g.image1', 'g', ...HOSTILE.slice(0, 4));
const node = fc
  .tuple(fc.constantFrom(...CLASSES), fc.array(fc.tuple(inputNames, value), { maxLength: 6 }))
  .map(([classType, inputs]): Json => new Map<string, Json>([['class_type', classType], ['inputs', new Map(inputs)]])); // prettier-ignore
const nearlyPrompt: fc.Arbitrary<Json> = fc
  .array(fc.tuple(ids, node), { minLength: 1, maxLength: 8 })
  .map((entries) => new Map(entries));

function checkProblem(problem: Json | undefined): void {
  if (!(problem instanceof Map)) throw new Error('a problem must be an object');
  expect([...problem.keys()]).toEqual(['type', 'message', 'details', 'extra_info']);
  for (const name of ['type', 'message', 'details']) expect(typeof problem.get(name)).toBe('string');
  expect(problem.get('extra_info')).toBeInstanceOf(Map);
}

/** Whatever the prompt, the answer has the wire's form. */
function checkForm(prompt: Json, validation: Validation): void {
  if (validation.kind === 'refused') checkProblem(validation.error);
  else expect(validation.targets.length).toBeGreaterThan(0);
  const submitted = prompt instanceof Map ? prompt : new Map<string, Json>();
  if (validation.kind === 'valid') for (const target of validation.targets) expect(submitted.has(target)).toBe(true);
  for (const [id, entry] of validation.nodeErrors) {
    expect(submitted.has(id)).toBe(true);
    if (!(entry instanceof Map)) throw new Error('an entry must be an object');
    expect([...entry.keys()]).toEqual(['errors', 'dependent_outputs', 'class_type']);
    const [errors, dependents] = [entry.get('errors'), entry.get('dependent_outputs')];
    if (!Array.isArray(errors) || !Array.isArray(dependents)) throw new Error('lists are missing');
    expect(errors.length).toBeGreaterThan(0);
    expect(dependents.length).toBeGreaterThan(0);
    errors.forEach(checkProblem);
  }
  const text = stringifyJson(validation.nodeErrors);
  expect(stringifyJson(parseJson(text))).toBe(text);
}

describe('any prompt', () => {
  it('of arbitrary JSON gets an answer of the right form', async () => {
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(json, json, async (prompt, targets) => {
        checkForm(prompt, await validate(prompt, { types: TYPES, targets }));
        answers++;
      }),
      { seed: 6, numRuns: 1000 },
    );
    expect(answers).toBe(1000);
  });

  it('of known classes and wild links gets one, too', async () => {
    const results = {
      accepted: { kind: 'accepted' },
      refused: { kind: 'refused', text: 'no' },
      thrown: { kind: 'thrown', thrown: { type: 'Error', text: 'broken', trace: [] } },
    } as const;
    const answer = fc.constantFrom('accepted', 'refused', 'thrown');
    const kinds = { valid: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(nearlyPrompt, answer, async (prompt, answer) => {
        const validation = await validate(prompt, { types: TYPES, check: () => results[answer] });
        checkForm(prompt, validation);
        kinds[validation.kind]++;
      }),
      { seed: 7, numRuns: 1500 },
    );
    expect(Math.min(kinds.valid, kinds.refused)).toBeGreaterThan(50);
  });

  it('that is valid stays valid when it is submitted again as it was stored', async () => {
    await fc.assert(
      fc.asyncProperty(nearlyPrompt, async (prompt) => {
        const first = await validate(prompt, { types: TYPES });
        if (first.kind !== 'valid' || /__value__/.test(stringifyJson(prompt))) return;
        const again = await validate(parseJson(stringifyJson(prompt)), { types: TYPES });
        expect(again.kind === 'valid' && again.targets).toEqual(first.targets);
      }),
      { seed: 8, numRuns: 1000 },
    );
  });
});

describe('ids from the prototype', () => {
  it.each(HOSTILE)('%j is just an id', async (id) => {
    const quoted = JSON.stringify(id);
    const text = `{${quoted}:{"class_type":"Pass","inputs":{"in":1}},"end":{"class_type":"End","inputs":{"in":[${quoted},0]}}}`;
    expect(await validate(promptOf(text))).toMatchObject({ kind: 'valid', targets: ['end'] });
    const broken = await validate(promptOf(text.replace('"in":1', '"__proto__":1')));
    expect([...broken.nodeErrors.keys()]).toEqual([id]);
  });
});
