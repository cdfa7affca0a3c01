/** Inputs that name a model file. */
import { stat } from 'node:fs/promises';
import { input } from '@snug/node-kit';
import type { DescribeContext } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';

/** A choice of the files in a folder below `models`. */
export const modelChoice = (folder: string) =>
  input.choice(({ files }) => files.listModels(folder), { tooltip: `A file of the folder models/${folder}.` });

/** @throws {BadInput} when the file is gone */
export async function modelPath(folder: string, name: string, key: string, context: DescribeContext): Promise<string> {
  const path = await context.files.resolveModel(folder, name);
  if (path !== undefined) return path;
  throw new BadInput(key, `there is no file ${name} in the folder models/${folder}: put it there, or choose another.`);
}

/** Changes when a file of that name is exchanged. */
export async function modelStamp(folder: string, name: string | undefined, context: DescribeContext): Promise<string> {
  const path = name === undefined ? undefined : await context.files.resolveModel(folder, name);
  if (path === undefined) return '';
  const { size, mtimeMs } = await stat(path);
  return `${size}-${mtimeMs}`;
}
