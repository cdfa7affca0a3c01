import { describe, expect, it } from 'vitest';
import { parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { SVG, svgNodes, withMetadata } from '../src/nodes/svg.ts';
import { folderContext, runIn, sure } from './folder-context.ts';

const entries = [['prompt', '{"a":1}']] as const;
const block = '<metadata><![CDATA[{"prompt":{"a":1}}]]></metadata>';

describe('SaveSVGNode', () => {
  it('writes one file a drawing, with the metadata inside', async () => {
    const folder = await folderContext();
    const svg = { documents: ['<svg width="1"><g/></svg>', '<svg></svg>'] };
    const info = { prompt: parseJson('{"a":1}') as JsonObject, extra_pnginfo: null };
    const inputs = { svg, filename_prefix: 'svg/ComfyUI', ...info };
    const { ui, outputs, file } = await runIn(folder, svgNodes, 'SaveSVGNode', inputs);
    expect(ui).toEqual({
      images: ['ComfyUI_00001_.svg', 'ComfyUI_00002_.svg'].map((filename) => ({
        filename,
        subfolder: 'svg',
        type: 'output',
      })),
    });
    expect(outputs.svg).toBe(svg);
    expect((await folder.saved(file())).toString()).toBe(`<svg width="1">${block}<g/></svg>`);
    expect((await folder.saved(file(1))).toString()).toBe(`<svg>${block}</svg>`);
  });

  it('writes drawings as they are when the server embeds nothing', async () => {
    const folder = await folderContext({ embedMetadata: false });
    const inputs = {
      svg: { documents: ['<svg></svg>'] },
      filename_prefix: 'x',
      prompt: new Map(),
      extra_pnginfo: null,
    };
    const { file } = await runIn(folder, svgNodes, 'SaveSVGNode', inputs);
    expect((await folder.saved(file())).toString()).toBe('<svg></svg>');
  });
});

describe('metadata in a drawing', () => {
  it.each([
    '<?xml version="1.0"?>\n<!-- <svg> -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [ <!ENTITY a "<svg>"> ]>\n<svg>',
    '\uFEFF<svg xmlns="a" title="a > b" other=\'>"\'>',
  ])('goes behind the root tag: %j', (head) => {
    expect(withMetadata(`${head}<g/></svg>`, entries)).toBe(`${head}${block}<g/></svg>`);
  });

  it.each(['', 'text', '<svg/>', '<svgs></svgs>', '<g><svg></svg></g>', '<!-- <svg></svg>'])(
    'leaves %j alone',
    (document) => expect(withMetadata(document, entries)).toBe(document),
  );

  it('cannot end its section early', () => {
    const saved = withMetadata('<svg></svg>', [['prompt', '{"a":"]]>"}']]);
    const json = sure(/<!\[CDATA\[(.*?)\]\]>/.exec(saved)?.[1]);
    expect(JSON.parse(json)).toEqual({ prompt: { a: ']]>' } });
    expect(saved.endsWith('</metadata></svg>')).toBe(true);
  });

  it.each(['<!--', '<svg ', '<!DOCTYPE ', '<?x ', '<svg "'])('is found out quickly in a long %j', (start) => {
    const document = start.repeat(20_000) + ' '.repeat(100_000);
    expect(withMetadata(document, entries)).toBe(document);
  });
});

it('the SVG socket knows its values', () => {
  expect(SVG.guard!({ documents: [] })).toBe(true);
  expect(SVG.guard!(undefined)).toBe(false);
  expect(SVG.guard!('<svg>')).toBe(false);
});
