import { describe, expect, it } from 'vitest';
import { parseJson } from '@snug/protocol/json';
import { missing, readNeeds, readSupply } from '../../src/pool/needs.ts';
import type { Needs } from '../../src/pool/needs.ts';
import info from '../workflow/stock-object-info.json' with { type: 'json' };

const plain = ({ classes, models }: Needs) => ({
  classes: [...classes],
  models: Object.fromEntries([...models].map(([classType, files]) => [classType, [...files]])),
});

const PROMPT = {
  1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd15.safetensors' } },
  2: { class_type: 'LoraLoader', inputs: { model: ['1', 0], clip: ['1', 1], lora_name: 'fox.safetensors' } },
  3: { class_type: 'CLIPTextEncode', inputs: { clip: ['2', 1], text: 'a fox in a .png' } },
};
const NEEDED = {
  classes: ['CheckpointLoaderSimple', 'LoraLoader', 'CLIPTextEncode'],
  models: { CheckpointLoaderSimple: ['sd15.safetensors'], LoraLoader: ['fox.safetensors'] },
};

describe('what a workflow needs', () => {
  it('is read out of every form that a prompt has', async () => {
    const text = JSON.stringify(PROMPT);
    const bytes = new TextEncoder().encode(text);
    const forms = [PROMPT, text, bytes, bytes.buffer, new Blob([text]), parseJson(text) as never];
    for (const form of forms) expect(plain(await readNeeds(form, undefined))).toEqual(NEEDED);
  });

  it('heeds the inputs that are set', async () => {
    const inputs = { '1.ckpt_name': 'sdxl.safetensors', '3.text': 'x' };
    for (const set of [inputs, new Map(Object.entries(inputs))])
      expect(plain(await readNeeds(PROMPT, set)).models).toEqual({
        CheckpointLoaderSimple: ['sdxl.safetensors'],
        LoraLoader: ['fox.safetensors'],
      });
  });

  it('looks into subgraphs that are used, once, and past nodes that do not run', async () => {
    const node = (id: number, type: string, values: unknown, mode = 0) => ({ id, type, mode, widgets_values: values });
    const inner = [node(7, 'LoraLoader', { lora_name: 'fox.safetensors', strength: 1 }), node(8, 'deep', [])];
    const workflow = {
      nodes: [
        node(1, 'CheckpointLoaderSimple', ['sd15.safetensors']),
        node(2, 'CheckpointLoaderSimple', ['muted.safetensors'], 2),
        node(3, 'outer', []),
        node(4, 'outer', []),
        node(5, 'unused-alone', [], 4),
        { id: 6, type: 'CLIPTextEncode', mode: 0 },
      ],
      definitions: {
        subgraphs: [
          { id: 'outer', nodes: inner },
          { id: 'deep', nodes: [node(1, 'VAEDecode', null), node(2, 'outer', [])] },
          { id: 'unused-alone', nodes: [node(1, 'Unused', [])] },
        ],
      },
    };
    const inputs = { '1.ckpt_name': 'sdxl.safetensors', '7.lora_name': 'nobody.safetensors' };
    const needs = await readNeeds(workflow, inputs);
    expect(needs.isVague).toBe(true);
    expect(plain(needs).classes.toSorted()).toEqual([
      'CLIPTextEncode',
      'CheckpointLoaderSimple',
      'LoraLoader',
      'VAEDecode',
    ]);
    const files = { CheckpointLoaderSimple: ['sdxl.safetensors'], LoraLoader: ['fox.safetensors'] };
    expect(plain(needs).models).toEqual(files);
    const within = await readNeeds(workflow, { '3:7.lora_name': 'owl.safetensors' });
    expect(plain(within).models['LoraLoader']).toEqual(['owl.safetensors']);
  });

  it.each([['no JSON'], ['[1]'], ['null'], [new Uint8Array([1, 2, 3])]])('is nothing of %s', async (source) => {
    expect(plain(await readNeeds(source, undefined))).toEqual({ classes: [], models: {} });
  });
});

describe('what a server has', () => {
  const supply = readSupply(info);

  it('is every class, and the files of those that list some', () => {
    expect(supply.classes.size).toBe(Object.keys(info).length);
    expect([...supply.models.get('CheckpointLoaderSimple')!]).toEqual(['sd15.safetensors', 'sdxl.safetensors']);
    expect(supply.models.has('KSampler')).toBe(false);
    expect(readSupply([1]).classes.size).toBe(0);
  });

  it('lacks classes and files that are needed, and only those that it could have', async () => {
    const needs = await readNeeds(
      {
        1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'other.safetensors' } },
        2: { class_type: 'SaveImage', inputs: { filename_prefix: 'not-a-list.safetensors' } },
        3: { class_type: 'Unheard', inputs: {} },
      },
      undefined,
    );
    const known = (): boolean => false;
    expect(missing(needs, supply, known)).toEqual({ classes: ['Unheard'], models: ['other.safetensors'] });
    // a class that nobody knows may be the front end's own
    expect(missing({ ...needs, isVague: true }, supply, known).classes).toEqual([]);
    expect(missing({ ...needs, isVague: true }, supply, () => true).classes).toEqual(['Unheard']);
  });
});
