import { describe, expect, it } from 'vitest';
import { Incoming } from '../src/incoming.ts';
import { frame } from './fake/fake-comfy.ts';

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
const lengthOf = (text: string): number[] => [0, 0, 0, bytesOf(text).length];
const JPEG = [0xff, 0xd8, 0xff, 1];
const PNG = [0x89, 0x50, 0x4e, 0x47, 1];
const WEBP = [...bytesOf('RIFF'), 0, 0, 0, 0, ...bytesOf('WEBP')];

describe('binary frames', () => {
  const incoming = new Incoming();

  it.each([
    ['JPEG', 1, JPEG, 'image/jpeg'],
    ['PNG', 2, PNG, 'image/png'],
    // servers give every other format the number of JPEG
    ['WebP', 1, WEBP, 'image/webp'],
  ])('of type 1 are previews: %s', (_name, format, image, mime) => {
    const read = incoming.bytes(frame(1, format, image));
    expect(read).toMatchObject({ kind: 'preview', mime, promptId: undefined, nodeId: undefined });
    expect(read.kind === 'preview' && [...read.bytes]).toEqual(image);
  });

  it('of type 4 say what they are of', () => {
    const told = JSON.stringify({
      node_id: '5',
      prompt_id: 'p',
      display_node_id: '4',
      parent_node_id: '3',
      real_node_id: '4',
      image_type: 'image/png',
    });
    expect(incoming.bytes(frame(4, bytesOf(told).length, [...bytesOf(told), ...PNG]))).toMatchObject({
      kind: 'preview',
      mime: 'image/png',
      promptId: 'p',
      nodeId: '5',
      displayNodeId: '4',
      parentNodeId: '3',
      realNodeId: '4',
    });
  });

  it('of type 3 are texts, in the short layout', () => {
    expect(incoming.bytes(frame(3, 2, [...bytesOf('12'), ...bytesOf('é ok')]))).toEqual({
      kind: 'text',
      promptId: undefined,
      nodeId: '12',
      text: 'é ok',
    });
  });

  it('of type 3 are texts, in the long layout where the server has it', () => {
    const long = new Incoming();
    long.hasLongTexts = true;
    const body = [...bytesOf('prompt'), ...lengthOf('12'), ...bytesOf('12'), ...bytesOf('going')];
    expect(long.bytes(frame(3, 6, body))).toEqual({ kind: 'text', promptId: 'prompt', nodeId: '12', text: 'going' });
  });

  it.each([
    ['nothing', []],
    ['too little', [0, 0, 0, 1]],
    ['another type', [0, 0, 0, 9, 0, 0, 0, 0, 1]],
    ['a length past the end', [0, 0, 0, 4, 0, 0, 9, 9, 1]],
    ['metadata that is no JSON', [0, 0, 0, 4, 0, 0, 0, 1, 65]],
    ['a cut text', [0, 0, 0, 3, 0, 0, 0, 9, 65]],
  ])('that cannot be read are handed on: %s', (_name, bytes) => {
    expect(incoming.bytes(new Uint8Array(bytes))).toMatchObject({ kind: 'unknown' });
  });

  it('are read out of the middle of a larger buffer, and copied', () => {
    const large = new Uint8Array([7, 7, ...frame(1, 2, PNG), 7]);
    const read = incoming.bytes(large.subarray(2, large.length - 1));
    large.fill(0);
    expect(read.kind === 'preview' && [...read.bytes]).toEqual(PNG);
  });
});

describe('text messages', () => {
  it.each(['', 'nonsense', '[1]', '5', 'null', '{"data":1}', '{"type":5}'])(
    'that are none are handed on: %s',
    (text) => {
      expect(new Incoming().text(text)?.message).toEqual({ type: 'unknown_text', data: text });
    },
  );

  it('may hold bare NaN and Infinity', () => {
    const read = new Incoming().text('{"type":"x","data":{"a":NaN,"b":-Infinity,"c":"NaN"}}');
    expect(read?.message.data).toEqual({ a: NaN, b: -Infinity, c: 'NaN' });
  });
});

describe('numbered messages', () => {
  const text = (seq: number, epoch?: string): string => JSON.stringify({ type: 't', data: seq, seq, epoch });

  it('are heard once', () => {
    const incoming = new Incoming();
    const heard = [text(1, 'a'), text(2), text(2), text(1), text(3)].map((one) => incoming.text(one)?.message.data);
    expect(heard).toEqual([1, 2, undefined, undefined, 3]);
    expect(incoming.cursor).toBe('a:3');
  });
  it('tell when some before them are missing', () => {
    const incoming = new Incoming();
    const gaps = [text(1, 'a'), text(2), text(5), text(6)].map((one) => incoming.text(one)?.hasGap);
    expect(gaps).toEqual([false, false, true, false]);
  });
  it('begin anew with another epoch, which is a gap', () => {
    const incoming = new Incoming();
    incoming.text(text(7, 'a'));
    expect(incoming.text(text(1, 'b'))).toMatchObject({ hasGap: true });
    expect(incoming.cursor).toBe('b:1');
  });
  it('go on from a cursor that was kept', () => {
    const incoming = new Incoming();
    incoming.cursor = 'run:1:41';
    expect(incoming.text(text(41, 'run:1'))).toBeUndefined();
    expect(incoming.text(text(42, 'run:1'))).toMatchObject({ hasGap: false });
  });
  it('are not needed: servers without numbers are heard as they are', () => {
    const incoming = new Incoming();
    expect(incoming.text('{"type":"t"}')).toEqual({ message: { type: 't', data: undefined }, hasGap: false });
    expect(incoming.cursor).toBeUndefined();
  });
});
