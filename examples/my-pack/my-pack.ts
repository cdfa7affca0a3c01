/**
 * A pack in one file. Load it with `snug serve --pack ./examples/my-pack/my-pack.ts`; it is compiled on load.
 *
 * Three nodes: one that changes images, one that writes a file, and one that expands into others.
 */
import { createImage, defineNode, definePack, expand, IMAGE, input, INT, output, socket, withUi } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';

type Colour = readonly [red: number, green: number, blue: number];

/** A type of our own on links: colours in [0, 1]. */
const PALETTE = socket<readonly Colour[]>('PALETTE', Array.isArray);

/** Darkens an image towards its corners. */
export const vignette = defineNode({
  type: 'MyVignette',
  displayName: 'Vignette',
  category: 'my-pack',
  description: 'Darkens images towards their corners.',
  inputs: {
    image: input.of(IMAGE),
    strength: input.float({ default: 0.5, min: 0, max: 1, step: 0.05, tooltip: '1 makes the corners black.' }),
    shape: input.choice(['round', 'square'], { default: 'round' }),
  },
  outputs: { image: output.of(IMAGE) },
  async run({ image, strength, shape }, context) {
    const { batch, height, width, channels } = image;
    // what came in is shared with other nodes and with the cache: never write into it
    const darker = createImage(batch, height, width, channels);
    const frame = height * width * channels;
    for (let item = 0; item < batch; item++) {
      for (let at = 0; at < frame; at++) {
        const pixel = Math.floor(at / channels);
        const isAlpha = at % channels === 3;
        const x = Math.abs((pixel % width) + 0.5 - width / 2) / (width / 2);
        const y = Math.abs(Math.floor(pixel / width) + 0.5 - height / 2) / (height / 2);
        const distance = shape === 'round' ? Math.hypot(x, y) / Math.SQRT2 : Math.max(x, y);
        const factor = isAlpha ? 1 : 1 - strength * distance ** 2;
        darker.data[item * frame + at] = image.data[item * frame + at]! * factor;
      }
      const done = { ...darker, data: darker.data.subarray(item * frame, (item + 1) * frame), batch: 1 };
      await context.progress(item + 1, batch, { image: done, maxSize: 256 });
    }
    return { image: darker };
  },
});

/** Finds the colours of an image, and saves them as a palette that drawing programs open. */
export const savePalette = defineNode({
  type: 'MySavePalette',
  displayName: 'Save Palette',
  category: 'my-pack',
  description: 'Saves the mean colours of vertical stripes of an image as a GIMP palette.',
  outputNode: true,
  inputs: {
    image: input.of(IMAGE),
    colours: input.int({ default: 4, min: 1, max: 64 }),
    filename_prefix: input.string({ default: 'palettes/my-pack' }),
    title: input.optional(input.string()),
  },
  outputs: { palette: output.of(PALETTE), count: output.of(INT) },
  validate: {
    inputs: ['title'],
    check: ({ title = '' }) => (title.includes('\n') ? 'The title must be one line.' : true),
  },
  async run({ image, colours, filename_prefix, title = 'my-pack' }, { files }) {
    const palette = stripes(image, Math.min(colours, image.width));
    const series = await files.series(filename_prefix, image);
    const { path, ...file } = series.next({ extension: 'gpl' });
    await files.write(path, new TextEncoder().encode(gimpPalette(palette, title)));
    return withUi({ text: palette.map(hex), files: [file] }, { palette, count: palette.length });
  },
});

/** Several vignettes, one after another. Each is a node of its own: it shows progress, and its result is cached. */
export const deepVignette = defineNode({
  type: 'MyDeepVignette',
  displayName: 'Deep Vignette',
  category: 'my-pack',
  description: 'Applies a vignette several times.',
  inputs: {
    // asked for only when there is something to do with it
    image: input.of(IMAGE, { lazy: true }),
    fallback: input.of(IMAGE, { lazy: true }),
    times: input.int({ default: 2, min: 0, max: 16 }),
  },
  outputs: { image: output.of(IMAGE) },
  needs: ({ times }) => [times === 0 ? 'fallback' : 'image'],
  run({ image, fallback, times }, context) {
    if (times === 0 || !image) return { image: fallback! };
    const graph = context.builder();
    let last = graph.node('MyVignette', { image, strength: 0.5, shape: 'round' });
    for (let time = 1; time < times; time++) {
      last = graph.node('MyVignette', { image: last.out(0), strength: 0.5, shape: 'round' });
    }
    return expand(graph.finish(), { image: last.out(0) });
  },
});

function stripes({ data, height, width, channels }: Image, count: number): Colour[] {
  return Array.from({ length: count }, (_, stripe) => {
    const [from, to] = [Math.floor((stripe * width) / count), Math.floor(((stripe + 1) * width) / count)];
    const sums: [number, number, number] = [0, 0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = from; x < to; x++) {
        const pixel = (y * width + x) * channels;
        for (const channel of [0, 1, 2] as const) sums[channel] += data[pixel + Math.min(channel, channels - 1)]!;
      }
    }
    const pixels = (to - from) * height;
    return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels];
  });
}

const byte = (value: number): number => Math.round(Math.min(Math.max(value, 0), 1) * 255);

function hex(colour: Colour): string {
  return `#${colour.map((value) => byte(value).toString(16).padStart(2, '0')).join('')}`;
}

function gimpPalette(palette: readonly Colour[], title: string): string {
  const rows = palette.map((colour) => `${colour.map(byte).join(' ')} ${hex(colour)}`);
  return ['GIMP Palette', `Name: ${title}`, 'Columns: 0', '#', ...rows, ''].join('\n');
}

export default definePack({ name: 'my-pack', version: '1.0.0', nodes: [vignette, savePalette, deepVignette] });
