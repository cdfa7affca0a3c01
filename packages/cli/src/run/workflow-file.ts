/** Reads what `snug run` is given: JSON in either form, or a picture that carries one of them. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { extractWorkflow, isApiPrompt, parseWorkflow, readPictureText } from '@snug/graph';
import type { EmbeddedGraph } from '@snug/graph';
import { JsonError, parseJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';

export interface WorkflowFile {
  /** What a person calls it. */
  readonly name: string;
  /** Where the files that it names are looked for first. */
  readonly folder: string;
  readonly graph: EmbeddedGraph;
}

/** A file that holds nothing to run; the message says why. */
export class WorkflowUnreadable extends Error {
  readonly code = 'workflow_unreadable';
}

const MAX_BYTES = 256 * 1024 * 1024;
const PICTURE = /^(?:\u0089PNG|RIFF)/;

/**
 * @param path a path, or `-` for the standard input
 * @throws {WorkflowUnreadable}
 */
export async function readWorkflowFile(path: string): Promise<WorkflowFile> {
  const name = path === '-' ? 'standard input' : basename(path);
  const folder = path === '-' ? process.cwd() : dirname(resolve(path));
  return { name, folder, graph: graphOf(await readBytes(path), path === '-' ? name : path) };
}

async function readBytes(path: string): Promise<Buffer> {
  if (path === '-') return readStandardInput();
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new WorkflowUnreadable(`There is no file ${path}.`);
    if (code === 'EISDIR') throw new WorkflowUnreadable(`${path} is a folder: name a workflow in it.`);
    throw new WorkflowUnreadable(`${path} cannot be read: ${message}`);
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new WorkflowUnreadable('The standard input is too long for a workflow.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function graphOf(bytes: Buffer, name: string): EmbeddedGraph {
  if (PICTURE.test(bytes.toString('latin1', 0, 4))) {
    const graph = extractWorkflow(readPictureText(bytes));
    if (graph) return graph;
    throw new WorkflowUnreadable(`The picture ${name} carries no workflow: save it with its metadata.`);
  }
  let json: Json;
  try {
    json = parseJson(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new WorkflowUnreadable(`${name} is not JSON: ${error.message}.`);
  }
  if (json instanceof Map && isApiPrompt(json)) return { kind: 'prompt', prompt: json };
  const workflow = parseWorkflow(json);
  if (!Array.isArray(workflow)) return { kind: 'workflow', workflow };
  throw new WorkflowUnreadable(`${name}: ${workflow[0]?.message ?? 'this is not a workflow.'}`);
}
