import { parseJson, stringifyJson, toJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { applyInputs } from '../src/workflow/index.ts';

const prompt = parseJson(`{
  "6": {"class_type": "T", "inputs": {"text": "a", "clip": ["4", 1]}, "_meta": {"title": "Text"}},
  "6.5": {"class_type": "T", "inputs": {}},
  "4": {"class_type": "L", "inputs": {}},
  "2:3": {"class_type": "T", "inputs": {"seed": 1}}
}`) as JsonObject;
const before = stringifyJson(prompt);

function set(sets: Record<string, Json>, descriptions?: ReadonlyMap<string, NodeDescription>): string[] {
  const result = applyInputs(prompt, new Map(Object.entries(sets)), { descriptions });
  if (Array.isArray(result)) return result.map(({ nodeId, type, message }) => `${type} ${nodeId}: ${message}`);
  return [...result].map(([id, node]) => `${id} ${stringifyJson((node as JsonObject).get('inputs')!)}`);
}

describe('setting inputs by address', () => {
  test('replaces values and links, adds inputs, and leaves the prompt given as it was', () => {
    expect(set({ '6.text': 'b', '6.clip': 5, '2:3.seed': 18446744073709551615n, '4.new': null })).toEqual([
      '6 {"text":"b","clip":5}',
      '6.5 {}',
      '4 {"new":null}',
      '2:3 {"seed":18446744073709551615}',
    ]);
    expect(stringifyJson(prompt)).toBe(before);
  });

  test('the longest id wins, the rest is the name, dots and all', () => {
    expect(set({ '6.5.format.quality': 1 })).toContain('6.5 {"format.quality":1}');
    expect(set({ '6.7.x': 1 })).toContain('6 {"text":"a","clip":["4",1],"7.x":1}');
  });

  test('a list is a value, unless it names a node of the prompt and a slot', () => {
    expect(set({ '4.a': ['6', 0], '4.b': ['nobody', 0], '4.c': ['6', 0, 1], '4.d': [1, 2] })).toContain(
      '4 {"a":["6",0],"b":{"__value__":["nobody",0]},"c":{"__value__":["6",0,1]},"d":{"__value__":[1,2]}}',
    );
  });

  test('all addresses that do not fit are told at once, with what there is', () => {
    expect(set({ text: 1, '9.text': 1, '6.': 1, '.6': 1, '6.text': 'fine', ['x.'.repeat(600)]: 1 })).toEqual([
      expect.stringMatching(/^invalid_input_name : "text" is not an input/),
      expect.stringMatching(/^unknown_node 9: .*Nodes: 6, 6\.5, 4, 2:3\.$/),
      expect.stringMatching(/^invalid_input_name : "6\."/),
      expect.stringMatching(/^invalid_input_name : "\.6"/),
      expect.stringMatching(/^invalid_input_name : "x\./),
    ]);
  });

  test('with descriptions, an input that the class lacks is told, dynamic members are not', () => {
    const input = { required: { text: ['STRING'], clip: ['CLIP'], images: ['COMFY_AUTOGROW_V3', {}] } };
    const descriptions = new Map([['T', toJson({ input }) as NodeDescription]]);
    expect(set({ '6.txt': 'b' }, descriptions)).toEqual([
      'unknown_input 6: Node 6 (T) has no input txt. It has: text.',
    ]);
    expect(set({ '6.images.image0': 1, '4.anything': 1 }, descriptions)).toHaveLength(4);
  });
});
