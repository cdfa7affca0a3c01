/** What all nodes share that are given a picture file by name. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { pythonStr } from '@snug/protocol';
import { FileRefused } from '@snug/node-kit';
import type { DescribeContext, NodeContext } from '@snug/node-kit';
import { decodePicture } from '../files/decode.ts';
import type { DecodedPicture } from '../files/decode.ts';
import { PictureRefused } from '../files/picture-refused.ts';
import { BadInput } from './bad-input.ts';

/** Extensions of the files that a choice offers. */
export const LOADABLE = ['.apng', '.avif', '.gif', '.jpe', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp'] as const;

/** Bytes of a file; larger ones are refused before they are read. */
const MAX_FILE_BYTES = 2 ** 30;

/** A check for `validate`: true, also for what is linked, or the text that refuses the prompt. */
export async function isPictureFile(name: unknown, { files }: DescribeContext): Promise<true | string> {
  if (name === undefined) return true;
  if (typeof name === 'string' && (await sizeOf(name, files)) !== undefined) return true;
  return `Invalid image file: ${pythonStr(name)}`;
}

/** The SHA-256 of the file, in hex; NaN, that is changed, when its name comes over a link. */
export async function fileFingerprint(name: string | undefined, { files }: DescribeContext): Promise<string | number> {
  if (name === undefined) return NaN;
  const hash = createHash('sha256');
  await pipeline(createReadStream(files.resolve(name)), hash);
  return hash.digest('hex');
}

/**
 * Reads and decodes a file of the input folder, or of the folder that its name ends in: `name.png [output]`.
 * @throws {BadInput} when there is no such file or it is no picture.
 */
export async function loadPicture(input: string, name: string, context: NodeContext): Promise<DecodedPicture> {
  const { files } = context;
  const size = await sizeOf(name, files);
  if (size === undefined) throw new BadInput(input, `there is no file ${JSON.stringify(name)}: upload it first.`);
  if (size > MAX_FILE_BYTES) throw new BadInput(input, `${JSON.stringify(name)} is larger than a gigabyte.`);
  const bytes = await files.read(files.resolve(name));
  context.throwIfInterrupted();
  try {
    const picture = await decodePicture(bytes);
    if (picture.damaged) context.log(`${name} is damaged: what could be read of it was loaded.`);
    return picture;
  } catch (error) {
    if (error instanceof PictureRefused) throw new BadInput(input, `${JSON.stringify(name)}: ${error.message}`);
    throw error;
  }
}

/** Undefined when there is no such file. */
async function sizeOf(name: string, files: DescribeContext['files']): Promise<number | undefined> {
  try {
    const found = await stat(files.resolve(name));
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (error instanceof FileRefused || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
