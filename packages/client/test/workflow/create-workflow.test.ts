import { readFileSync } from 'node:fs';
import { compileNodeType, validatePrompt } from '@snug/graph';
import { asObject, parseJson, stringifyJson, toJson, toPlain } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientError, createWorkflow } from '../../src/index.ts';
import type { UntypedInput } from '../../src/index.ts';
import { writeText } from '../../src/json-text.ts';
import { prepareWorkflow } from '../../src/workflow-source.ts';
import { nodes } from './comfy.gen.ts';
import type { Nodes } from './comfy.gen.ts';

const INFO_TEXT = readFileSync(new URL('stock-object-info.json', import.meta.url), 'utf8');
const info = parseJson(INFO_TEXT) as JsonObject;
const untyped = Object.fromEntries(Object.entries(nodes));
const plainInfo = toPlain(info) as Record<string, unknown>;

function said(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).code).toBe('invalid_workflow');
    return (error as ClientError).message;
  }
  throw new Error('nothing was thrown');
}

async function validated(prompt: unknown) {
  return validatePrompt(prompt instanceof Map ? (prompt as JsonObject) : toJson(prompt), {
    typeOf: (classType) => {
      const description = asObject(info.get(classType));
      return description && compileNodeType(description);
    },
    check: async () => [],
  });
}

function textToImage() {
  const wf = createWorkflow(nodes);
  const { MODEL, CLIP, VAE } = wf.CheckpointLoaderSimple({ ckpt_name: 'sdxl.safetensors' });
  const positive = wf.CLIPTextEncode({ text: 'a red fox', clip: CLIP }, { title: 'Prompt' }).CONDITIONING;
  const negative = wf.CLIPTextEncode({ text: '', clip: CLIP }, { id: 'negative' }).CONDITIONING;
  const { LATENT } = wf.KSampler({
    model: MODEL,
    seed: 18446744073709551615n,
    steps: 20,
    cfg: 7,
    sampler_name: 'euler',
    scheduler: 'normal',
    positive,
    negative,
    latent_image: wf.EmptyLatentImage({ width: 1024, height: 1024, batch_size: 1 }).LATENT,
    denoise: 1,
  });
  const save = wf.SaveImage({ images: wf.VAEDecode({ samples: LATENT, vae: VAE }).IMAGE, filename_prefix: 'fox' });
  return { wf, save };
}

describe('the prompt', () => {
  test('has one node for each call, numbered in order, linked by position', () => {
    const { wf, save } = textToImage();
    const prompt = wf.toPrompt();
    expect(Object.keys(prompt)).toEqual(['1', '2', '3', '4', '5', '6', 'negative']);
    expect(prompt['2']).toEqual({
      class_type: 'CLIPTextEncode',
      inputs: { text: 'a red fox', clip: ['1', 1] },
      _meta: { title: 'Prompt' },
    });
    expect(prompt['4']!.inputs).toMatchObject({
      positive: ['2', 0],
      negative: ['negative', 0],
      latent_image: ['3', 0],
    });
    expect(save.nodeId).toBe('6');
    expect(prompt['6']).toEqual({ class_type: 'SaveImage', inputs: { images: ['5', 0], filename_prefix: 'fox' } });
  });

  test('passes the validation of the server', async () => {
    const { wf } = textToImage();
    expect(await validated(wf.toPrompt())).toMatchObject({ kind: 'valid', targets: ['6'] });
  });

  test('keeps every digit of a seed, as a bigint, as a text, and through JSON.stringify', async () => {
    const { wf } = textToImage();
    expect(stringifyJson(toJson(wf.toPrompt()))).toContain('"seed":18446744073709551615');
    const text = JSON.stringify(wf);
    expect(text).toContain('"seed":"18446744073709551615"');
    const prompt = parseJson(text) as JsonObject;
    expect(await validated(prompt)).toMatchObject({ kind: 'valid' });
    expect(asObject(asObject(prompt.get('4'))?.get('inputs'))?.get('seed')).toBe(18446744073709551615n);
  });

  test('is a copy: changing it changes nothing in the workflow', () => {
    const { wf } = textToImage();
    wf.toPrompt()['6']!.inputs['filename_prefix'] = 'changed';
    expect(wf.toPrompt()['6']!.inputs['filename_prefix']).toBe('fox');
  });

  test('is what a client sends when it is given the workflow', async () => {
    const { wf } = textToImage();
    const options = { descriptions: () => Promise.reject(new Error('not needed')), random: () => 0 };
    expect(writeText((await prepareWorkflow(wf, options)).prompt)).toBe(stringifyJson(toJson(wf.toPrompt())));
    const { prompt } = await prepareWorkflow(wf, { ...options, inputs: { '2.text': 'a blue fox' } });
    expect(stringifyJson(toJson(prompt))).toBe(
      stringifyJson(toJson(wf.toPrompt())).replace('"text":"a red fox"', '"text":"a blue fox"'),
    );
  });

  test('skips ids that are taken, and refuses to take one twice', () => {
    const wf = createWorkflow();
    wf.add('A', {}, { id: '2' });
    wf.add('A');
    expect(wf.add('A').nodeId).toBe('3');
    expect(said(() => wf.add('A', {}, { id: '3' }))).toBe('id: 3 is already the id of a node.');
    expect(said(() => wf.add('A', {}, { id: '' }))).toBe('id: it cannot be empty.');
    expect(said(() => wf.add('A', {}, { id: 'toPrompt' }))).toBe(
      'id: toPrompt is a member of every workflow: choose another.',
    );
  });

  test('takes any text as id, class and input', () => {
    const wf = createWorkflow();
    const node = wf.add('__proto__', { constructor: 1 }, { id: '__proto__' });
    wf.add('x', Object.fromEntries([['__proto__', node[0]]]));
    expect(JSON.stringify(wf)).toBe(
      '{"1":{"class_type":"x","inputs":{"__proto__":["__proto__",0]}},"__proto__":{"class_type":"__proto__","inputs":{"constructor":1}}}',
    );
    expect(JSON.stringify(wf.toPrompt())).toBe(JSON.stringify(wf));
  });

  test('cannot be written to, and is no promise', async () => {
    const wf = createWorkflow();
    expect(() => Object.assign(wf, { LoadImage: 1 })).toThrow(TypeError);
    expect(await Promise.resolve<object>(wf)).toBe(wf);
    const node = wf.add('A');
    expect(await Promise.resolve<object>(node)).toBe(node);
    expect(Object.keys(wf)).toEqual(['1']);
  });
});

describe('inputs', () => {
  test('of links and literals are written as they are; what is undefined is left out', () => {
    const wf = createWorkflow();
    const link = wf.add('A')[1]!;
    const values = { text: 'a', number: 0.5, flag: false, none: null, record: { on: true, skip: undefined } };
    wf.add('B', { link, ...values, gone: undefined });
    expect(wf.toPrompt()['2']!.inputs).toEqual({ link: ['1', 1], ...values, record: { on: true } });
  });

  test('a list that is a value cannot be taken for a link', async () => {
    const wf = createWorkflow(nodes);
    wf.PickColors({ names: ['red', 'blue'], tint: '#112233' });
    expect(wf.toPrompt()['1']!.inputs['names']).toEqual({ __value__: ['red', 'blue'] });
    wf.PreviewAny({ source: wf.PickColors({ names: ['red', 'blue'], tint: '#fff' }).name });
    expect(await validated(wf.toPrompt())).toMatchObject({ kind: 'valid', targets: ['3'] });
  });

  test('that take several become dotted names, from a list or from names', async () => {
    const wf = createWorkflow(nodes);
    const { IMAGE } = wf.LoadImage({ image: 'cat.png' });
    wf.BatchImagesNode({ images: [IMAGE, IMAGE] });
    wf.BatchImagesNode({ images: { image3: IMAGE } });
    wf.StringFormat({ values: [1, 'two'], f_string: '' });
    const prompt = wf.toPrompt();
    expect(prompt['2']!.inputs).toEqual({ 'images.image0': ['1', 0], 'images.image1': ['1', 0] });
    expect(prompt['3']!.inputs).toEqual({ 'images.image3': ['1', 0] });
    expect(prompt['4']!.inputs).toEqual({ 'values.a': 1, 'values.b': 'two', f_string: '' });
    wf.PreviewImage({ images: wf.BatchImagesNode({ images: [IMAGE, IMAGE] }).IMAGE });
    expect(await validated(wf.toPrompt())).toMatchObject({ kind: 'valid' });
  });

  test('of a choice become dotted names, the choice first, several inside of it too', async () => {
    const wf = createWorkflow(nodes);
    const { IMAGE, MASK } = wf.LoadImage({ image: 'cat.png' });
    wf.SaveImageAdvanced({ images: IMAGE, format: { layers: [MASK], loop: false, format: 'stack' } });
    wf.SaveImageAdvanced({ images: IMAGE, format: 'gif' });
    const prompt = wf.toPrompt();
    expect(Object.entries(prompt['2']!.inputs)).toEqual([
      ['images', ['1', 0]],
      ['format', 'stack'],
      ['format.layers.layer0', ['1', 1]],
      ['format.loop', false],
    ]);
    expect(prompt['3']!.inputs).toEqual({ images: ['1', 0], format: 'gif' });
    expect(await validated(prompt)).toMatchObject({ kind: 'valid', targets: ['2', '3'] });
  });

  test('with links in an object are dotted even where nothing is known of the class', () => {
    const wf = createWorkflow();
    const link = wf.add('A')[0]!;
    wf.add('B', { images: { image0: link }, mode: { mode: 'masked', mask: link }, 'by.hand': link });
    expect(wf.toPrompt()['2']!.inputs).toEqual({
      'images.image0': ['1', 0],
      mode: 'masked',
      'mode.mask': ['1', 0],
      'by.hand': ['1', 0],
    });
  });

  test('may be files that were uploaded', async () => {
    const { UploadedFile } = await import('../../src/index.ts');
    const file = Object.create(UploadedFile.prototype, {
      filename: { value: 'cat (1).png' },
      subfolder: { value: 'pets' },
      folder: { value: 'input' },
    }) as InstanceType<typeof UploadedFile>;
    const wf = createWorkflow(nodes);
    wf.LoadImage({ image: file });
    expect(wf.toPrompt()['1']!.inputs).toEqual({ image: 'pets/cat (1).png' });
  });

  test('that no prompt can hold are refused, each with its reason', () => {
    const wf = createWorkflow();
    const other = createWorkflow().add('A')[0]!;
    const node = wf.add('A');
    const give = (x: unknown) => said(() => wf.add('B', { x: x as UntypedInput }));
    expect(give(NaN)).toBe('B, input x: NaN is no number that a prompt can hold.');
    expect(give(() => 1)).toBe('B, input x: a value of type function cannot be in a prompt.');
    expect(give(new Date(0))).toBe('B, input x: a value of type object cannot be in a prompt.');
    expect(give(node)).toBe('B, input x: a node was given: choose one of its outputs, as in node[0].');
    expect(give([node[0]])).toBe('B, input x: a list cannot hold links here: name them, as in { image0: link }.');
    expect(give({ deep: { link: [node[0]] } })).toBe('B, input x: a link cannot be inside of a literal value.');
    expect(give(other)).toBe('B, input x: the link is of another workflow: build its node in this one.');
    const round: unknown[] = [];
    round.push(round);
    expect(give(round)).toBe('B, input x: it is nested deeper than 64.');
    expect(said(() => wf.add('B', node))).toBe("B: give its inputs by name, as in { image: 'a.png' }.");
    expect(Object.keys(wf.toPrompt())).toEqual(['1']);
  });

  test('that take several refuse one, and too many', () => {
    const wf = createWorkflow(untyped);
    const link = wf.add('LoadImage', { image: 'cat.png' })[0]!;
    expect(said(() => wf.add('BatchImagesNode', { images: link }))).toBe(
      'BatchImagesNode, input images: it takes several values: give a list.',
    );
    expect(said(() => wf.add('StringFormat', { values: [1, 2, 3, 4], f_string: '' }))).toBe(
      'StringFormat, input values: at most 3 can be given, not 4.',
    );
  });
});

describe('outputs', () => {
  test('are known by name from the table, the first of those of one name', () => {
    const wf = createWorkflow(nodes);
    const picked = wf.PickColors({ names: ['red'], tint: '#fff' });
    expect(picked.name).toMatchObject({ nodeId: '1', slot: 0 });
    expect(picked[1]).toMatchObject({ nodeId: '1', slot: 1 });
    expect(picked['any thing']).toMatchObject({ nodeId: '1', slot: 2 });
  });

  test('that do not exist say so when they are used', () => {
    const wf = createWorkflow(untyped);
    const loaded = wf.add('LoadImage', { image: 'cat.png' });
    const save = wf.add('SaveImage', { images: loaded['IMAGE'], filename_prefix: 'a' });
    const use = (images: never) => said(() => wf.add('PreviewImage', { images }));
    const of = 'PreviewImage, input images:';
    expect(use(loaded['VAE'] as never)).toBe(`${of} LoadImage has no output VAE: it has IMAGE, MASK.`);
    expect(use(loaded[2] as never)).toBe(`${of} LoadImage has no output 2: it has IMAGE, MASK.`);
    expect(use(save[0] as never)).toBe(`${of} SaveImage has no outputs.`);
    const free = createWorkflow();
    const unknown = free.add('LoadImage', { image: 'cat.png' })['IMAGE'];
    expect(said(() => free.add('PreviewImage', { images: unknown }))).toBe(
      `${of} output IMAGE of LoadImage is only known by its position, as in [0]: ` +
        'give createWorkflow the generated `nodes`, or the descriptions of the server.',
    );
  });
});

describe.each([
  ['a map that lost nothing', info],
  ['plain data', plainInfo],
])('with the descriptions of a server, as %s', (_, descriptions) => {
  const checked = () => createWorkflow(descriptions);

  test('a workflow that fits is let through, with outputs by name', async () => {
    const wf = checked();
    const loaded = wf.add('LoadImage', { image: 'cat.png' });
    wf.add('PreviewImage', { images: wf.add('BatchImagesNode', { images: [loaded['IMAGE'], loaded[0]] })['IMAGE'] });
    expect(await validated(wf.toPrompt())).toMatchObject({ kind: 'valid', targets: ['3'] });
  });

  test('an unknown class is refused', () => {
    expect(said(() => checked().add('loadimage', {}))).toBe(
      'There is no node class loadimage among the 22 known. Did you mean LoadImage?',
    );
    expect(said(() => checked().add('__proto__'))).toBe('There is no node class __proto__ among the 22 known.');
    expect(said(() => createWorkflow(nodes).add('toString' as 'LoadImage', { image: '' }))).toBe(
      'There is no node class toString among the 22 known.',
    );
  });

  test('an input that is unknown or missing is refused', () => {
    expect(said(() => checked().add('LoadImage', { image: 'a', mask: 'b' }))).toBe(
      'LoadImage has no input mask: it has image.',
    );
    expect(said(() => checked().add('LoadImage'))).toBe('LoadImage needs input image (a choice).');
    expect(said(() => checked().add('EmptyLatentImage', { width: 512, height: 512 }))).toBe(
      'EmptyLatentImage needs input batch_size (INT). Its usual value is 1.',
    );
    expect(said(() => checked().add('SaveImageAdvanced', { images: 'x' }))).toBe(
      'SaveImageAdvanced needs input format (a choice).',
    );
    expect(said(() => checked().add('SaveImageAdvanced', { images: 'x', format: 'png' }))).toBe(
      'SaveImageAdvanced needs input format.bit_depth (a choice).',
    );
    const wf = checked();
    const { IMAGE } = wf.add('LoadImage', { image: 'cat.png' });
    expect(said(() => wf.add('BatchImagesNode', { images: [IMAGE] }))).toBe(
      'BatchImagesNode needs input images.image1 (IMAGE).',
    );
  });

  test('an input that no description tells of passes where the program says so', () => {
    const wf = checked();
    wf.add('Power Loader (any)', { lora_1: { on: true, lora: 'a' } }, { loose: true });
    expect(wf.toPrompt()['1']!.inputs).toEqual({ lora_1: { on: true, lora: 'a' } });
  });

  test('a link of a wrong type is refused', () => {
    const wf = checked();
    const { VAE } = wf.add('CheckpointLoaderSimple', { ckpt_name: 'sdxl.safetensors' });
    expect(said(() => wf.add('PreviewImage', { images: VAE }))).toBe(
      'PreviewImage: input images takes IMAGE, not VAE (output 2 of node 1, CheckpointLoaderSimple).',
    );
    wf.add('PreviewAny', { source: VAE });
    expect(Object.keys(wf.toPrompt())).toEqual(['1', '2']);
  });

  test('a whole number that was given as text becomes one, with all its digits', () => {
    const wf = checked();
    wf.add('EmptyLatentImage', { width: '512', height: '18446744073709551615', batch_size: '+1' });
    wf.add('CLIPTextEncode', { text: '512', clip: 'x' });
    const prompt = wf.toPrompt();
    expect(prompt['1']!.inputs).toEqual({ width: 512, height: 18446744073709551615n, batch_size: 1 });
    expect(prompt['2']!.inputs['text']).toBe('512');
  });

  test('types and checks go together', () => {
    const wf = createWorkflow<Nodes>(descriptions);
    const { IMAGE } = wf.LoadImage({ image: 'cat.png' });
    wf.PreviewImage({ images: IMAGE });
    expect(Object.keys(wf)).toEqual(['1', '2']);
  });
});

test('any graph of known nodes that is built with checks is one that the server takes', async () => {
  const step = fc.record({ kind: fc.constantFrom('load', 'blend', 'batch', 'invert', 'advanced'), pick: fc.nat() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      async (steps, seed) => {
        const wf = createWorkflow<Nodes>(info);
        const first = wf.LoadImage({ image: 'cat.png' });
        const images = [first.IMAGE];
        const masks = [first.MASK];
        for (const { kind, pick } of steps) {
          const image = images[pick % images.length]!;
          const mask = masks[pick % masks.length]!;
          if (kind === 'load') images.push(wf.LoadImage({ image: 'dog.png' }).IMAGE);
          else if (kind === 'blend') images.push(wf.ImageBlend({ image1: image, image2: images[0]!, mask }).IMAGE);
          else if (kind === 'batch')
            images.push(wf.BatchImagesNode({ images: [image, image, ...images.slice(0, 20)] }).IMAGE);
          else if (kind === 'invert') masks.push(wf.InvertMask({ mask }).MASK);
          else wf.SaveImageAdvanced({ images: image, format: { format: 'stack', layers: masks.slice(0, 4) } });
        }
        for (const images_ of images) wf.PreviewImage({ images: images_ });
        wf.PreviewAny({ source: seed });
        const result = await validated(wf.toPrompt());
        expect(result.kind === 'valid' && result.nodeErrors.size).toBe(0);
        expect(stringifyJson(toJson(wf.toPrompt()))).toContain(`{"source":${seed}}`);
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});
