import { describe, expect, it } from 'vitest';
import { Outputs, readOutputs } from '../src/outputs.ts';
import type { FileAccess } from '../src/remote-file.ts';

const access = {
  url: ({ filename }: { filename?: string }) => `url of ${filename}`,
} as Partial<FileAccess> as FileAccess;
const read = (shown: Record<string, unknown>): Outputs =>
  new Outputs(readOutputs('7', shown, access), new Map([['7', shown]]));
const file = (filename: string, type = 'output', more: object = {}): object => ({
  filename,
  subfolder: '',
  type,
  ...more,
});

describe('outputs', () => {
  it.each([
    ['images', file('a.png'), 'image'],
    ['images', file('a.webp'), 'image'],
    ['images', file('clip.mp4'), 'video'],
    ['gifs', file('clip', 'output', { format: 'video/h264-mp4' }), 'video'],
    ['video', file('clip'), 'video'],
    ['audio', file('a.flac'), 'audio'],
    ['audio', file('a'), 'audio'],
    ['3d', file('m.glb'), 'model3d'],
    ['result', 'sub/m.glb [output]', 'model3d'],
    ['files', file('notes.txt'), 'file'],
    ['latents', file('x.latent'), 'file'],
    ['anything', file('x.png'), 'image'],
    ['text', 'a text', 'text'],
    ['numbers', 5, 'custom'],
    ['tags', 'not a text by its key', 'custom'],
  ])('of %s %j are of the kind %s', (key, item, kind) => {
    expect(read({ [key]: [item] }).all.map((output) => output.kind)).toEqual([kind]);
  });

  it('have views, saved files before those that are only shown', () => {
    const outputs = read({
      images: [file('shown.png', 'temp'), file('saved.png'), file('m.mp4')],
      animated: [false, false, true],
      text: ['one', 'two'],
      audio: [file('a.wav')],
    });
    expect(outputs.images.map(({ filename }) => filename)).toEqual(['saved.png', 'shown.png']);
    expect(outputs.videos).toHaveLength(1);
    expect(outputs.audio).toHaveLength(1);
    expect(outputs.files).toHaveLength(4);
    expect(outputs.texts).toEqual(['one', 'two']);
    expect([...outputs].map(({ nodeId }) => nodeId)).toEqual(Array(6).fill('7'));
    expect(outputs.of('7').images).toHaveLength(2);
    expect(outputs.of('8').all).toEqual([]);
  });

  it('that are neither files nor texts are kept raw, beside the files of the same key', () => {
    const outputs = read({ mixed: [file('a.png'), { other: 1 }], ui: { a: 1 } });
    expect(outputs.all.map(({ kind }) => kind)).toEqual(['image', 'custom', 'custom']);
    expect(outputs.all[2]).toMatchObject({ kind: 'custom', key: 'ui', raw: { a: 1 } });
  });

  it('have paths out of annotated texts', () => {
    const [model] = read({ result: ['a\\b/m.obj [temp]'] }).models;
    expect(model).toMatchObject({ filename: 'm.obj', subfolder: 'a\\b', folder: 'temp', mime: 'model/obj' });
  });

  it('of hostile servers are no trouble', () => {
    const shown = JSON.parse(
      '{"__proto__":[{"filename":"a.png"}],"images":[null,{"filename":5},{"filename":""}],"text":[[]]}',
    ) as Record<string, unknown>;
    expect(read(shown).all.map(({ kind, key }) => [kind, key])).toEqual([
      ['image', '__proto__'],
      ['custom', 'images'],
      ['custom', 'text'],
    ]);
  });
});
