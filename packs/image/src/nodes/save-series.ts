/** Writing the images of a batch as files of one series. */
import type { FolderName, Image, NameSeries, NodeContext, SavedFile } from '@snug/node-kit';
import { pictureBytes } from '../files/encode.ts';
import { encodePng } from '../files/png.ts';
import type { TextEntry } from '../files/png-text.ts';

export interface SeriesOptions {
  prefix: string;
  /** Default `output`. */
  folder?: FolderName | undefined;
}

/** The series of a prefix, for images of one size. */
export function seriesFor(images: Image, options: SeriesOptions, { files }: NodeContext): Promise<NameSeries> {
  const { prefix, folder = 'output' } = options;
  return files.series(prefix, { folder, width: images.width, height: images.height });
}

/** Writes a file under the next name of a series; returns its entry for `ui`. */
export async function writeNext(
  series: NameSeries,
  name: Parameters<NameSeries['next']>[0],
  bytes: Uint8Array,
  { files }: NodeContext,
): Promise<SavedFile> {
  const { path, filename, subfolder, type } = series.next(name);
  await files.write(path, bytes);
  return { filename, subfolder, type };
}

export interface PngSeriesOptions extends SeriesOptions {
  /** Effort of the compression, 0 to 9. */
  level: number;
  text?: readonly TextEntry[] | undefined;
}

/** Saves each image of a batch as an 8-bit PNG file. */
export async function savePngs(images: Image, options: PngSeriesOptions, context: NodeContext): Promise<SavedFile[]> {
  const { level, text } = options;
  const series = await seriesFor(images, options, context);
  const saved: SavedFile[] = [];
  for (let index = 0; index < images.batch; index++) {
    context.throwIfInterrupted();
    const png = await encodePng(pictureBytes(images, index), { level, text });
    saved.push(await writeNext(series, { extension: 'png', batchNumber: index }, png, context));
  }
  return saved;
}

const LETTERS = 'abcdefghijklmnopqrstupvxyz';

/** A prefix for files in the temp folder that no other node is likely to have. */
export function tempPrefix(): string {
  const letters = Array.from({ length: 5 }, () => LETTERS[Math.trunc(Math.random() * LETTERS.length)]);
  return `ComfyUI_temp_${letters.join('')}`;
}

/** Shows a batch on a node: quick files in the temp folder, under a new prefix each time. */
export function savePreviews(images: Image, context: NodeContext): Promise<SavedFile[]> {
  return savePngs(images, { prefix: tempPrefix(), folder: 'temp', level: 1 }, context);
}
