import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { categoryTree, createSearch, defaultOf, readCatalogue, typesConnect } from '../../src/catalogue/index.ts';
import type { InputDefinition } from '../../src/catalogue/index.ts';
import { exampleCatalogue, fixtureCatalogue } from '../document/workflow-files.ts';

const stock = readCatalogue(
  readFileSync(new URL('../../../client/test/workflow/stock-object-info.json', import.meta.url), 'utf8'),
);

function inputOf(declared: unknown, name = 'x', group = 'required'): InputDefinition {
  const [input] = readCatalogue({ A: { input: { [group]: { [name]: declared } } } }).definitions.get('A')!.inputs;
  return input!;
}

describe('widgets', () => {
  test.each([
    ['INT', {}, { kind: 'integer', isInteger: true, step: 1, precision: 0, default: 0, min: undefined }],
    ['INT', { min: -5, max: 5, step: 2, default: 3 }, { kind: 'integer', min: -5, max: 5, step: 2, default: 3 }],
    ['INT', { display: 'color' }, { kind: 'integer', isColour: true }],
    ['INT', { display: 'slider', min: 0, max: 9 }, { kind: 'slider', isInteger: true, min: 0, max: 9 }],
    ['FLOAT', { step: 0.05 }, { kind: 'number', isInteger: false, step: 0.05, precision: 2 }],
    ['FLOAT', { step: 1e-7 }, { kind: 'number', precision: 7 }],
    ['FLOAT', { step: 0.5, round: 0.001 }, { kind: 'number', step: 0.5, precision: 3 }],
    ['FLOAT', { step: 0.5, round: false }, { kind: 'number', precision: undefined }],
    ['FLOAT', { max: Infinity }, { kind: 'number', max: undefined }],
    ['FLOAT', { display: 'gradientslider' }, { kind: 'slider', isInteger: false }],
    ['STRING', {}, { kind: 'text', default: '', isDynamic: false }],
    ['STRING', { multiline: true, dynamicPrompts: true }, { kind: 'multiline', isDynamic: true }],
    ['STRING', { placeholder: 'a word', default: 'b' }, { placeholder: 'a word', default: 'b' }],
    ['BOOLEAN', { label_on: 'yes', default: true }, { kind: 'toggle', labelOn: 'yes', default: true }],
    [['a', 'b'], {}, { kind: 'choice', choices: ['a', 'b'], isMultiple: false, default: 'a' }],
    [[1, 2], { default: 2 }, { kind: 'choice', choices: [1, 2], default: 2 }],
    ['COMBO', { options: ['a'] }, { kind: 'choice', choices: ['a'], default: 'a' }],
    ['COMBO', { options: ['a'], multiselect: true }, { kind: 'choice', isMultiple: true, default: [] }],
    ['COMBO', { remote: { route: '/r', refresh_button: true } }, { choices: undefined, remote: { route: '/r' } }],
    [['p.png'], { image_upload: true }, { kind: 'upload', media: 'image', folder: 'input', default: 'p.png' }],
    ['COMBO', { options: [], video_upload: true }, { kind: 'upload', media: 'video', default: undefined }],
    [[], { image_upload: true, image_folder: 'output' }, { kind: 'upload', folder: 'output' }],
    ['COLOR', { default: '#ff0000' }, { kind: 'colour', default: '#ff0000' }],
    ['MARKDOWN', {}, { kind: 'multiline' }],
    ['CURVE', { default: { a: 1 } }, { kind: 'other', type: 'CURVE', default: { a: 1 } }],
    ['THING', { socketless: true }, { kind: 'other', type: 'THING' }],
    ['THING', { widgetType: 'STRING' }, { kind: 'text' }],
  ])('%j %j', (type, options, widget) => {
    const input = inputOf([type, options]);
    expect(input.widget).toMatchObject(widget);
    expect(defaultOf(input)).toEqual(input.widget?.default);
  });

  test.each([
    ['seed', ['INT', {}], 'randomize'],
    ['noise_seed', ['INT'], 'randomize'],
    ['count', ['INT', { control_after_generate: true }], 'randomize'],
    ['count', ['INT', { control_after_generate: 'increment' }], 'increment'],
    ['seed', ['INT', { control_after_generate: false }], undefined],
    ['pick', [['a'], { control_after_generate: true }], 'randomize'],
    ['seed', ['STRING', { control_after_generate: true }], undefined],
  ])('%s %j is followed by %s', (name, declared, control) => {
    const input = inputOf(declared, name);
    expect(input.control).toBe(control);
    expect(input.widget?.kind === 'seed').toBe(control !== undefined && declared[0] === 'INT');
  });

  test('a seed goes to 2^64 - 1', () => {
    const text = '{"A":{"input":{"required":{"seed":["INT",{"max":18446744073709551615}]}}}}';
    const [seed] = readCatalogue(text).definitions.get('A')!.inputs;
    expect(seed?.widget).toMatchObject({ kind: 'seed', min: 0, max: 18446744073709551615n });
  });

  test.each([
    [['IMAGE'], { widget: undefined, isSocket: true, type: 'IMAGE' }],
    [['STRING', { forceInput: true }], { widget: undefined, isSocket: true }],
    [['INT', { socketless: true }], { isSocket: false }],
    [['IMAGE', { lazy: true, tooltip: 't', advanced: true }], { isLazy: true, tooltip: 't', isAdvanced: true }],
    [['INT', { display_name: 'Steps' }], { label: 'Steps' }],
    [['COMFY_MATCHTYPE_V3', { template: { allowed_types: 'IMAGE,MASK' } }], { type: 'IMAGE,MASK' }],
    [['A,B'], { type: 'A,B' }],
    [[['a']], { type: 'COMBO' }],
  ])('%j as a socket', (declared, input) => {
    expect(inputOf(declared)).toMatchObject(input);
    expect(inputOf(declared, 'x', 'optional').isRequired).toBe(false);
  });

  test('growing inputs and choices that bring inputs', () => {
    const template = { input: { required: { image: ['IMAGE'] } }, prefix: 'image', min: 2, max: 4 };
    expect(inputOf(['COMFY_AUTOGROW_V3', { template }]).dynamic).toMatchObject({
      kind: 'growing',
      min: 2,
      names: ['image0', 'image1', 'image2', 'image3'],
      member: { type: 'IMAGE' },
    });
    const options = [{ key: 'png', inputs: { required: { depth: ['INT'] } } }, { key: 'jpg' }];
    const choice = inputOf(['COMFY_DYNAMICCOMBO_V3', { options }]);
    expect(choice.widget).toMatchObject({ kind: 'choice', choices: ['png', 'jpg'] });
    const branches = choice.dynamic?.kind === 'choice' ? choice.dynamic.branches : new Map();
    expect(branches.get('png')).toMatchObject([{ name: 'x.depth', widget: { kind: 'integer' } }]);
  });
});

describe('a catalogue', () => {
  test('reads every node of a stock server, and never throws', () => {
    expect(stock.descriptions.size).toBeGreaterThan(20);
    expect(stock.definitions.size).toBe(stock.descriptions.size + 4);
    const sampler = stock.definitions.get('KSampler')!;
    expect(sampler.inputs.map(({ name, widget }) => [name, widget?.kind])).toContainEqual(['seed', 'seed']);
    expect(stock.definitions.get('SaveImage')).toMatchObject({ isOutput: true, hidden: ['prompt', 'extra_pnginfo'] });
    for (const odd of [
      null,
      5,
      [],
      { A: null },
      { A: { input: 5, output: {} } },
      { A: { input: { required: [1] } } },
    ]) {
      expect(() => readCatalogue(odd)).not.toThrow();
    }
    expect(readCatalogue({ A: {} }).definitions.get('A')).toMatchObject({ name: 'A', inputs: [], outputs: [] });
  });

  test('keeps what it does not know', () => {
    const input = inputOf(['INT', { mystery: [1, 2] }]);
    expect(input.options.get('mystery')).toEqual([1, 2]);
  });

  test('as a tree holds every node once, under its category', () => {
    const root = categoryTree(fixtureCatalogue);
    const found: string[] = [];
    const open = [root];
    for (const category of open) {
      open.push(...category.categories);
      for (const node of category.nodes) {
        expect(category.path).toEqual(node.category);
        found.push(node.type);
      }
    }
    expect(found.sort()).toEqual([...fixtureCatalogue.definitions.keys()].sort());
  });

  test.each([
    ['IMAGE', 'IMAGE', true],
    ['IMAGE', 'MASK', false],
    ['*', 'MASK', true],
    ['IMAGE', '*', true],
    ['IMAGE', 'MASK,IMAGE', true],
    ['A,B', 'B,C', true],
    ['A,B', 'C', false],
  ])('%s into %s: %s', (from, to, fits) => expect(typesConnect(from, to)).toBe(fits));
});

describe('search', () => {
  const search = createSearch(
    readCatalogue({
      ImageBlur: { display_name: 'Blur Image', category: 'image/filter', input: { required: { image: ['IMAGE'] } } },
      BlurMask: { category: 'mask', search_aliases: ['feather'], input: { required: { mask: ['MASK'] } } },
      OldBlur: { display_name: 'Blur', category: 'old', deprecated: true },
      KSamplerAdvanced: { display_name: 'Sampler (Advanced)', category: 'sampling', output: ['LATENT'] },
      Any: { display_name: 'Anything', input: { required: { value: ['*'] } }, output: ['*'] },
      Number: { display_name: 'Number', input: { required: { value: ['INT'] } }, output: ['INT'] },
    }),
  );
  const types = (query: string, options?: Parameters<typeof search.find>[1]): string[] =>
    search.find(query, options).map(({ definition }) => definition.type);

  test.each([
    ['blur', ['ImageBlur', 'BlurMask', 'OldBlur']],
    ['blur image', ['ImageBlur']],
    ['feather', ['BlurMask']],
    ['sampling', ['KSamplerAdvanced']],
    ['ksamplad', ['KSamplerAdvanced']],
    ['advanced', ['KSamplerAdvanced']],
    ['nothing like it', []],
  ])('%s finds %j', (query, found) => expect(types(query).sort()).toEqual([...found].sort()));

  test('the nearest comes first, the deprecated last', () => {
    expect(types('blur').at(-1)).toBe('OldBlur');
    expect(types('blur')[0]).not.toBe('OldBlur');
    expect(types('number')[0]).toBe('Number');
  });

  test('nothing gives all in order of their names, up to the limit', () => {
    expect(types('')).toHaveLength(10);
    expect(types('', { limit: 2 })).toEqual(['Any', 'OldBlur']);
  });

  test('a dragged link asks for what takes it, or gives it, exact types first', () => {
    const takes = search.find('', { wanted: { type: 'MASK', end: 'takes' } });
    expect(takes[0]).toMatchObject({ definition: { type: 'BlurMask' }, input: 'mask' });
    expect(takes.map(({ definition }) => definition.type)).toEqual(['BlurMask', 'Any', 'Reroute']);
    const gives = search.find('', { wanted: { type: 'LATENT', end: 'gives' } });
    expect(gives[0]).toMatchObject({ definition: { type: 'KSamplerAdvanced' }, output: 0 });
    expect(types('', { wanted: { type: 'INT', end: 'takes' } })).toContain('Number');
    expect(types('', { wanted: { type: 'IMAGE', end: 'takes' } })).not.toContain('Number');
  });

  test('finds the nodes of the example', () => {
    const [first] = createSearch(exampleCatalogue).find('composite');
    expect(first?.definition.type).toBe('ImageCompositeMasked');
  });
});
