import { describe, expect, it } from 'vitest';
import { textOverlayNodes } from '../src/nodes/text-overlay.ts';
import { parseHexColour } from '../src/pixels/hex-colour.ts';
import { drawText, wrapText } from '../src/pixels/text-drawing.ts';
import { randomImage, run } from './pixel-cards.ts';

describe('TextOverlay', () => {
  const images = { ...randomImage(1, 2, 40, 80), data: new Float32Array(2 * 40 * 80 * 3) };
  const plain = { text: '██', font_size: 25, color: '#ff0000', position: 'top', align: 'left', outline: false };
  const draw = (inputs: object): ReturnType<typeof run> =>
    run(textOverlayNodes, 'TextOverlay', { images, ...plain, ...inputs });
  /** The sum of the red values of a part of one image. */
  const red = (data: Float32Array, item: number, left: number, top: number, right: number, bottom: number): number => {
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += data.at(((item * 40 + y) * 80 + x) * 3) ?? NaN;
    }
    return sum;
  };

  it('the text is drawn in its colour on every image, and the input stays black', async () => {
    const { image } = await draw({});
    expect(red(image.data, 0, 0, 0, 80, 20)).toBeGreaterThan(10);
    expect(red(image.data, 1, 0, 0, 80, 20)).toBe(red(image.data, 0, 0, 0, 80, 20));
    expect(image.data.every((value, at) => at % 3 === 0 || value === 0)).toBe(true);
    expect(images.data.every((value) => value === 0)).toBe(true);
  });

  it('position and align say where', async () => {
    const bottom = (await draw({ position: 'bottom', align: 'right' })).image.data;
    expect(red(bottom, 0, 0, 0, 80, 20)).toBe(0);
    expect(red(bottom, 0, 40, 20, 80, 40)).toBeGreaterThan(10);
    expect(red(bottom, 0, 0, 20, 40, 40)).toBe(0);
  });

  it('text that looks like markup is only text', async () => {
    const { image } = await draw({ text: '</text><rect width="80" height="40" fill="#ff0000"/>&\u0000' });
    expect(red(image.data, 0, 0, 0, 80, 40)).toBeLessThan(80 * 40 * 0.8);
  });

  it('no text returns the images, and a text that is no colour is refused by name', async () => {
    expect((await draw({ text: ' \n' })).image).toBe(images);
    await expect(draw({ color: '"/>' })).rejects.toMatchObject({ code: 'bad_input', input: 'color' });
  });
});

describe('drawText', () => {
  const style = { size: 10, colour: '#ffffff', align: 'left', outline: true } as const;
  it('escapes what XML reserves and drops what it cannot hold', () => {
    const { svg } = drawText('<a> & "b" \u0001\'', 500, 100, style);
    expect(svg).toContain('&lt;a&gt; &amp; &quot;b&quot; &apos;</text>');
  });

  it('lines past the height of the image are left out', () => {
    const { svg, height } = drawText('x\n'.repeat(1000), 100, 50, style);
    expect(height).toBe(50);
    expect(svg.split('<text').length - 1).toBe(4);
  });
});

it('wrapText breaks at spaces, long words anywhere, and keeps empty lines', () => {
  expect(wrapText('one two three', 7, 9)).toEqual(['one two', 'three']);
  expect(wrapText('a\n\nb', 7, 9)).toEqual(['a', '', 'b']);
  expect(wrapText('abcdefgh ij', 3, 9)).toEqual(['abc', 'def', 'gh', 'ij']);
  expect(wrapText('a b c', 1, 2)).toEqual(['a', 'b']);
});

it('parseHexColour reads three forms and nothing else', () => {
  expect(parseHexColour('#ff0080')).toEqual([1, 0, 128 / 255]);
  expect(parseHexColour('#F00')).toEqual([1, 0, 0]);
  expect(parseHexColour('00ff0080')).toEqual([0, 1, 0]);
  expect(parseHexColour('red')).toBeUndefined();
});
