/** Safetensors files on disk: the header is read at once, numbers are left where they are. */
import { open, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Tensor } from '@snug/node-kit';
import { EngineError } from '../engine-error.ts';
import { BadHeader, MAX_HEADER, parseHeader } from './header.ts';
import type { Header, TensorEntry } from './header.ts';
import { toFloats } from './floats.ts';

export interface TensorFile extends Header {
  /** The path as it was given. */
  readonly path: string;
  /** Folder and name of the file itself, no links: the runtime reads nothing outside the folder. */
  readonly folder: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Changes when the file does. */
  readonly stamp: string;
}

/** Tells a file that cannot be used. */
export function refuse(path: string, problem: string): never {
  throw new EngineError('checkpoint_refused', `${path} cannot be used: ${problem}.`);
}

/**
 * Reads the header of a file.
 * @throws {EngineError} `checkpoint_refused` with the reason.
 */
export async function openTensorFile(path: string): Promise<TensorFile> {
  const real = await realpath(path).catch(() => refuse(path, 'there is no such file'));
  const handle = await open(real, 'r').catch((error: unknown) => refuse(path, String(error)));
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) refuse(path, 'it is no file');
    const { size } = facts;
    const header = await readHeader(handle, size);
    return { path, folder: dirname(real), name: basename(real), size, stamp: stampOf(facts), ...header };
  } catch (error) {
    if (error instanceof BadHeader) refuse(path, error.message);
    throw error;
  } finally {
    await handle.close();
  }
}

const stampOf = ({ size, mtimeMs }: Stats): string => `${size}-${mtimeMs}`;

/** @throws {EngineError} `checkpoint_refused` when the file is not the one whose header was read. */
export async function refuseChanged({ path, folder, name, stamp }: TensorFile): Promise<void> {
  const now = await stat(join(folder, name)).catch(() => refuse(path, 'it is gone'));
  if (stampOf(now) !== stamp) refuse(path, 'it has changed since it was loaded; load it again');
}

async function readHeader(handle: FileHandle, fileSize: number): Promise<Header> {
  const start = await readRange(handle, 0, Math.min(16, fileSize));
  const otherKind = recognize(start);
  if (otherKind) throw new BadHeader(otherKind);
  if (start.length < 8) throw new BadHeader('it is too short for a safetensors file');
  const length = start.readBigUInt64LE();
  if (length > MAX_HEADER) throw new BadHeader(`it is no safetensors file: its header would have ${length} bytes`);
  if (8 + Number(length) > fileSize) throw new BadHeader('its header is cut off');
  return parseHeader(await readRange(handle, 8, Number(length)), fileSize);
}

/** What people have instead of a safetensors file, and what to do about it. */
function recognize(start: Buffer): string | undefined {
  // any bytes may be a length, but a header begins like this
  if (start[8] === '{'.charCodeAt(0)) return undefined;
  const text = start.toString('latin1').trimStart();
  if (text.startsWith('PK') || start[0] === 0x80)
    return 'it is a pickle (.ckpt or .pt), which can run any code; convert it to .safetensors';
  if (text.startsWith('version http')) return 'it is a Git LFS pointer; fetch the file itself';
  if (text.startsWith('<')) return 'it is a web page, probably of a download that wanted a login';
  if (text.startsWith('GGUF')) return 'it is a GGUF file; take the .safetensors one';
  return undefined;
}

/** Reads so many bytes, or fails: a file may be cut while it is read. */
async function readRange(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
    if (!bytesRead) throw new BadHeader('it ended while it was read');
    at += bytesRead;
  }
  return bytes;
}

/**
 * The numbers of some tensors, as 32-bit floats.
 * @throws {EngineError} `checkpoint_refused` for types that are no floats, or when the file has changed.
 */
export async function readTensors(file: TensorFile, names: readonly string[]): Promise<Tensor[]> {
  const handle = await open(file.path, 'r').catch((error: unknown) => refuse(file.path, String(error)));
  try {
    const tensors: Tensor[] = [];
    for (const name of names) tensors.push(await readTensor(handle, name, file.tensors.get(name)));
    return tensors;
  } catch (error) {
    if (error instanceof BadHeader) refuse(file.path, error.message);
    throw error;
  } finally {
    await handle.close();
  }
}

async function readTensor(handle: FileHandle, name: string, entry: TensorEntry | undefined): Promise<Tensor> {
  if (!entry) throw new BadHeader(`it has no tensor ${name}`);
  const data = toFloats(await readRange(handle, entry.offset, entry.length), entry.type);
  if (!data) throw new BadHeader(`tensor ${name} has numbers of type ${entry.type}`);
  return { data, shape: entry.shape };
}
