import { describe, expect, it } from 'vitest';
import { parseJson } from '@snug/protocol/json';
import type { JsonObject } from '@snug/protocol/json';
import { writeText } from '../src/json-text.ts';
import { prepareWorkflow } from '../src/workflow-source.ts';
import type { InputValues, WorkflowSource } from '../src/workflow-source.ts';
import { UploadedFile } from '../src/uploaded-file.ts';
import type { FileAccess } from '../src/remote-file.ts';

const DESCRIPTIONS = new Map<string, JsonObject>([
  ['Text', parseJson('{"input":{"required":{"text":["STRING",{}]}},"output":["STRING"],"name":"Text"}') as JsonObject],
]);
let asked = 0;
const prepare = async (source: WorkflowSource, inputs?: InputValues) => {
  const descriptions = (): Promise<typeof DESCRIPTIONS> => {
    asked++;
    return Promise.resolve(DESCRIPTIONS);
  };
  const { prompt, workflow, warnings } = await prepareWorkflow(source, { inputs, descriptions, random: () => 0.5 });
  return { prompt: writeText(prompt), workflow: workflow && writeText(workflow), warnings };
};
const API = '{"6":{"class_type":"Text","inputs":{"text":"a","seed":18446744073709551615,"cfg":5.0}}}';
const UI =
  '{"version":0.4,"nodes":[{"id":6,"type":"Text","mode":0,"order":0,"inputs":[],"outputs":[],"widgets_values":["drawn"]}],"links":[]}';

/** A PNG with one text, as far as readers of texts look. */
function pngWith(key: string, text: string): Uint8Array {
  const data = Buffer.from(`${key}\0${text}`, 'latin1');
  const chunk = (type: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, Buffer.from(type), body, Buffer.alloc(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Uint8Array(Buffer.concat([signature, chunk('tEXt', data), chunk('IEND', Buffer.alloc(0))]));
}

describe('a workflow', () => {
  it('in API form is sent as it is: text, data, maps, bytes', async () => {
    expect((await prepare(API)).prompt).toBe(API);
    expect((await prepare(parseJson(API) as JsonObject)).prompt).toBe(API);
    expect((await prepare(new TextEncoder().encode(API))).prompt).toBe(API);
    expect((await prepare(new Blob([API]))).prompt).toBe(API);
    const data = { 6: { class_type: 'Text', inputs: { seed: 2n ** 64n - 1n } } };
    expect((await prepare(data)).prompt).toBe('{"6":{"class_type":"Text","inputs":{"seed":18446744073709551615}}}');
    expect(asked, 'nothing is asked of the server').toBe(0);
  });

  it('as the front end saves it is converted, and goes along', async () => {
    for (const source of [UI, JSON.parse(UI) as Record<string, unknown>]) {
      const { prompt, workflow } = await prepare(source);
      expect(prompt).toContain('"6":{"inputs":{"text":"drawn"},"class_type":"Text"');
      expect(JSON.parse(workflow!)).toEqual(JSON.parse(UI));
    }
  });

  it.each([
    ['prompt', API],
    ['workflow', UI],
  ])('comes out of a picture that carries a %s', async (key, text) => {
    const { prompt } = await prepare(pngWith(key, text));
    expect(prompt).toContain('"class_type":"Text"');
  });

  it.each([
    ['{', 'no JSON'],
    [new Uint8Array([1, 2, 3]), 'neither a PNG'],
    [pngWith('other', 'x'), 'saved without one'],
    [5 as never, 'number is none'],
  ])('that is none is refused: %j', async (source, message) => {
    await expect(prepare(source)).rejects.toMatchObject({
      code: 'invalid_workflow',
      message: expect.stringContaining(message) as string,
    });
  });

  it('with classes that the server lacks is refused, all of them at once', async () => {
    const unknown = UI.replace('"links"', '"x"').replaceAll('"Text"', '"Lost"');
    await expect(prepare(unknown)).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [{ nodeId: '6', type: 'missing_node_type' }],
    });
  });
});

describe('inputs', () => {
  it('are set by address; the source stays as it is', async () => {
    const source = parseJson(API) as JsonObject;
    const { prompt } = await prepare(source, { '6.text': 'a red fox', '6.seed': 5n, '6.list': [1, 2] });
    expect(prompt).toBe(
      '{"6":{"class_type":"Text","inputs":{"text":"a red fox","seed":5,"cfg":5.0,"list":{"__value__":[1,2]}}}}',
    );
    expect(writeText(source)).toBe(API);
  });

  it('may be files that were uploaded', async () => {
    const place = { filename: 'a.png', subfolder: 's', folder: 'temp' };
    const file = new UploadedFile(place, {} as FileAccess);
    const { prompt } = await prepare(API, new Map([['6.text', file]]));
    expect(prompt).toContain('"text":"s/a.png [temp]"');
  });

  it('of nodes that are not there are problems', async () => {
    await expect(prepare(API, { '9.text': 1, bad: 2 })).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [{ nodeId: '9', type: 'unknown_node' }, { type: 'invalid_input_name' }],
    });
  });
});
