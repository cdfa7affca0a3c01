import { readdir, readFile } from 'node:fs/promises';
import { describeNode } from '@snug/node-kit';
import type { AnyNode, DescribeContext, NodeFiles } from '@snug/node-kit';
import { toPlain } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import defaultPack, { pack } from '../src/index.ts';

type Description = Record<string, unknown>;

interface Golden {
  readonly http: readonly { readonly body: Readonly<Record<string, Description>> }[];
}

const golden = JSON.parse(
  await readFile(new URL('../../../tests/conformance/suite/golden/object-info-images.json', import.meta.url), 'utf8'),
) as Golden;
const recorded = golden.http.flatMap(({ body }) => Object.entries(body));
const files: Partial<NodeFiles> = { list: async () => ['a.png', 'b.png'] };
const context: DescribeContext = { files: files as NodeFiles };

async function describeType(type: string): Promise<Description> {
  const node = pack.nodes.find((one) => one.type === type);
  if (!node) throw new Error(`no node ${type}`);
  return toPlain(await describeNode(node, pack.module!, context)) as Description;
}

/** Without what is worded by whoever wrote it. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value;
  const free = new Set(['tooltip', 'output_tooltips', 'description', 'search_aliases', 'python_module']);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !free.has(key))
      .map(([key, member]) => [key, bare(member)]),
  );
}

describe('against the reference', () => {
  it('six nodes are recorded', () => {
    expect(recorded.map(([type]) => type)).toEqual([
      'EmptyImage',
      'ImageInvert',
      'ImageScale',
      'SaveImage',
      'PreviewImage',
      'SaveImageWebsocket',
    ]);
  });

  it.each(recorded)('%s is described alike, key for key', async (type, expected) => {
    expect(JSON.stringify(bare(await describeType(type)))).toBe(JSON.stringify(bare(expected)));
  });
});

describe('nodes for files', () => {
  it('LoadImage lists files, with an upload button, in the classic form', async () => {
    const { input, output, category, display_name, output_node } = await describeType('LoadImage');
    expect(bare(input)).toEqual({ required: { image: [['a.png', 'b.png'], { image_upload: true }] } });
    expect({ output, category, display_name, output_node }).toEqual({
      output: ['IMAGE', 'MASK'],
      category: 'image',
      display_name: 'Load Image',
      output_node: false,
    });
  });

  it('LoadImageMask has its channels', async () => {
    const { input } = await describeType('LoadImageMask');
    expect(bare(input)).toEqual({
      required: {
        image: [['a.png', 'b.png'], { image_upload: true }],
        channel: [['alpha', 'red', 'green', 'blue']],
      },
    });
  });

  it('LoadImageOutput leaves its options to a route', async () => {
    const { input, experimental } = await describeType('LoadImageOutput');
    const remote = { route: '/internal/files/output', refresh_button: true, control_after_refresh: 'first' };
    expect(input).toEqual({
      required: { image: ['COMBO', { image_upload: true, image_folder: 'output', remote }] },
    });
    expect(experimental).toBe(true);
  });

  it('SaveAnimatedWEBP is described in the schema form', async () => {
    const description = await describeType('SaveAnimatedWEBP');
    expect(bare(description.input)).toEqual({
      required: {
        images: ['IMAGE', {}],
        filename_prefix: ['STRING', { default: 'ComfyUI' }],
        fps: ['FLOAT', { default: 6, min: 0.01, max: 1000, step: 0.01 }],
        lossless: ['BOOLEAN', { default: true }],
        quality: ['INT', { default: 80, min: 0, max: 100 }],
        method: ['COMBO', { multiselect: false, options: ['default', 'fastest', 'slowest'] }],
      },
      hidden: { prompt: ['PROMPT'], extra_pnginfo: ['EXTRA_PNGINFO'] },
    });
    expect(description).toMatchObject({
      output: ['IMAGE'],
      output_name: ['images'],
      output_node: true,
      api_node: false,
    });
  });

  it('SaveImageAdvanced has the inputs of each format', async () => {
    const { input } = (await describeType('SaveImageAdvanced')) as { input: { required: Record<string, unknown> } };
    const choice = (options: string[]): unknown => ['COMBO', { default: options[0], multiselect: false, options }];
    expect(bare(input.required.format)).toEqual([
      'COMFY_DYNAMICCOMBO_V3',
      {
        options: [
          {
            key: 'png',
            inputs: { required: { bit_depth: choice(['8-bit', '16-bit']), input_color_space: choice(['sRGB']) } },
          },
          {
            key: 'exr',
            inputs: {
              required: { bit_depth: choice(['32-bit float']), input_color_space: choice(['sRGB', 'HDR', 'linear']) },
            },
          },
        ],
      },
    ]);
  });

  it.each([
    ['MaskPreview', { category: 'image/mask', display_name: 'Preview Mask', output_node: true, output: ['MASK'] }],
    ['ImageCompare', { display_name: 'Compare Images', output_node: true, experimental: true, output: [] }],
    ['Painter', { display_name: 'Painter', has_intermediate_output: true, output: ['IMAGE', 'MASK'] }],
    ['WebcamCapture', { display_name: 'Webcam Capture', output: ['IMAGE'], output_node: false }],
    ['SaveSVGNode', { display_name: 'Save SVG', category: 'image', output: ['SVG'], output_name: ['svg'] }],
    ['SaveAnimatedPNG', { display_name: 'Save Animated PNG', output_name: ['images'], output_node: true }],
  ])('%s is described as the catalogue has it', async (type, expected) => {
    expect(await describeType(type)).toMatchObject(expected);
  });
});

describe('the pack', () => {
  it('is exported by name and as the module', () => {
    expect(defaultPack).toBe(pack);
    expect(pack).toMatchObject({ name: 'image', module: 'snug.image' });
  });

  it('holds the nodes of every file of nodes', async () => {
    const folder = new URL('../src/nodes/', import.meta.url);
    const found: string[] = [];
    for (const file of await readdir(folder)) {
      const module = (await import(new URL(file, folder).href)) as Record<string, unknown>;
      for (const [name, nodes] of Object.entries(module)) {
        if (name.endsWith('Nodes')) found.push(...(nodes as AnyNode[]).map(({ type }) => type));
      }
    }
    expect(found.length).toBeGreaterThan(80);
    expect([...new Set(found)].sort()).toEqual(pack.nodes.map(({ type }) => type).sort());
  });

  it('describes every node', async () => {
    for (const { type } of pack.nodes) expect((await describeType(type)).name).toBe(type);
  });
});
