/** The builder's own reading of descriptions against the one that servers use. */
import { readFileSync } from 'node:fs';
import * as graph from '@snug/graph';
import { asObject, DYNAMIC_TYPES, parseJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as own from '../../src/workflow/node-inputs.ts';

const info = parseJson(readFileSync(new URL('stock-object-info.json', import.meta.url), 'utf8')) as JsonObject;

test('its names of dynamic types are those of the protocol', () => {
  expect([own.AUTOGROW, own.DYNAMIC_CHOICE, own.DYNAMIC_SLOT]).toEqual([
    DYNAMIC_TYPES.autogrow,
    DYNAMIC_TYPES.combo,
    DYNAMIC_TYPES.slot,
  ]);
});

test('it connects what servers connect', () => {
  const types = [
    'IMAGE',
    'MASK',
    'IMAGE,MASK',
    'LATENT, IMAGE',
    '*',
    'A,*',
    'COMBO',
    DYNAMIC_TYPES.match,
    '',
    ['a'],
    ['a', 'b'],
  ];
  const results = types.flatMap((output) => types.map((input) => own.typesConnect(output, input)));
  expect(results).toEqual(types.flatMap((output) => types.map((input) => graph.typesConnect(output, input))));
  expect(new Set(results).size).toBe(2);
});

test('it knows the inputs that servers ask for, whatever a node is given', () => {
  const dynamic = new Set<unknown>([own.DYNAMIC_CHOICE, own.DYNAMIC_SLOT]);
  const classes = [...info.keys(), 'Slot'];
  const slot = parseJson(
    '{"input": {"optional": {"s": ["COMFY_DYNAMICSLOT_V3", {"inputs": {"required": {"x": ["INT"]}}}], "odd": 5}}}',
  ) as JsonObject;
  const names = ['images.image0', 'images.image1', 'images.image70', 'values.b', 'format', 'format.loop', 's', 'other'];
  const layers = ['format.layers.layer0', 'format.layers.layer3', 'format.layers.layer4'];
  const values = fc.constantFrom<Json>('png', 'stack', 'gif', 5, null, ['1', 0]);
  const given = fc.array(fc.tuple(fc.constantFrom(...names, ...layers), values), { maxLength: 8 });
  let dotted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...classes), given, (classType, entries) => {
      const description = asObject(info.get(classType)) ?? slot;
      const inputs = new Map(entries);
      const theirs = graph.inputsInUse(graph.compileNodeType(description), inputs);
      const ours = own.inputsInUse(own.declaredInputs(description.get('input')), inputs);
      const asked = [...theirs.values()].map(({ name, type, required }) => [name, type, dynamic.has(type) || required]);
      expect(
        [...ours.values()].map(({ name, type, isRequired }) => [name, type, dynamic.has(type) || isRequired]),
      ).toEqual(asked);
      if ([...ours.keys()].some((name) => name.includes('.'))) dotted++;
    }),
    { numRuns: 600, seed: 11 },
  );
  expect(dotted).toBeGreaterThan(20);
});
