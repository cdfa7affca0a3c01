/**
 * Reads the files of `--extra-model-paths-config`: sections with `base_path`, `is_default` and a path, or several lines
 * of them, for each kind of model. Only this shape of YAML is understood; anything else is an error with its line.
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { modelKind } from './model-kinds.ts';

/** One section of the file. */
export interface ExtraModelPaths {
  readonly name: string;
  /** Searched before all other folders of a kind, and where new models go. */
  readonly isDefault: boolean;
  /** Kind to absolute folders. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/** Thrown for a file that cannot be understood; `line` counts from 1, 0 means the whole file. */
export class ExtraModelPathsError extends Error {
  readonly code = 'bad_extra_model_paths';
  readonly line: number;
  constructor(problem: string, line: number) {
    super(line ? `${problem} (line ${line} of the extra model paths)` : problem);
    this.name = 'ExtraModelPathsError';
    this.line = line;
  }
}

const MAX_BYTES = 1024 * 1024;

interface Entry {
  readonly key: string;
  readonly values: string[];
  readonly line: number;
  readonly indent: number;
  /** Where lines of the value may follow: a block of text, or a list. */
  readonly more: boolean;
}

const BLOCK = /^[|>][+-]?\s*(?:#.*)?$/;

/** A scalar without its quotes and without a comment behind it. */
function scalar(text: string, line: number): string {
  const quote = text[0];
  if (quote === "'" || quote === '"') {
    const end = text.indexOf(quote, 1);
    const rest = text.slice(end + 1).trim();
    if (end < 0 || (rest && !rest.startsWith('#'))) throw new ExtraModelPathsError('A quote is not closed', line);
    return text.slice(1, end);
  }
  if (quote && '[{&*!'.includes(quote)) {
    throw new ExtraModelPathsError(
      'Only plain text is understood here: write one path, or | and one path per line',
      line,
    );
  }
  return withoutComment(text);
}

/** Cuts a comment: a hash at the start or behind a space. */
function withoutComment(text: string): string {
  const at = text.startsWith('#') ? 0 : text.search(/\s#/);
  return (at < 0 ? text : text.slice(0, at)).trim();
}

/** `key: value` as its two parts; the value may be missing. Drive letters have no space behind their colon. */
function keyAndValue(content: string): [key: string, value: string] | undefined {
  const at = content.search(/:(?:\s|$)/);
  const key = content.slice(0, at).trim();
  if (at < 1 || '#\'"[]{}&*!|>%@`-'.includes(content[0]!)) return undefined;
  return [key, content.slice(at + 1).trim()];
}

function readSections(text: string): Map<string, Entry[]> {
  const sections = new Map<string, Entry[]>();
  let section: Entry[] | undefined;
  let entry: Entry | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (!content || content.startsWith('#') || content === '---') continue;
    const indent = raw.length - raw.trimStart().length;
    if (raw.slice(0, indent).includes('\t')) throw new ExtraModelPathsError('Indent with spaces, not with tabs', line);

    const isItem = content.startsWith('- ');
    if (entry?.more && (indent > entry.indent || (isItem && indent === entry.indent))) {
      entry.values.push(scalar(isItem ? content.slice(2).trim() : content, line));
      continue;
    }
    const found = keyAndValue(content);
    if (!found) throw new ExtraModelPathsError('Expected a line of the form "key: value"', line);
    const [key, value] = found;
    const isBlock = BLOCK.test(value);
    const plain = isBlock ? '' : scalar(value, line);
    if (indent === 0) {
      if (plain) throw new ExtraModelPathsError(`Put "${key}" into a section: a name with a colon above it`, line);
      section = sections.get(key) ?? [];
      sections.set(key, section);
      entry = undefined;
    } else {
      if (!section) throw new ExtraModelPathsError('Begin with the name of a section and a colon', line);
      entry = { key, values: plain ? [plain] : [], line, indent, more: isBlock || !plain };
      section.push(entry);
    }
  }
  return sections;
}

/**
 * Reads the text of such a file. Relative paths start at `base_path`, and that at `directory`; `~` and `$NAME` work.
 * @throws {ExtraModelPathsError}
 */
export function parseExtraModelPaths(text: string, directory: string): ExtraModelPaths[] {
  const result: ExtraModelPaths[] = [];
  for (const [name, entries] of readSections(text)) {
    let base = directory;
    let isDefault = false;
    const paths = new Map<string, string[]>();
    for (const { key, values } of entries) {
      if (key === 'base_path' && values[0]) base = resolve(directory, expand(values[0]));
      if (key === 'is_default') isDefault = /^(?:true|yes|on)$/i.test(values[0] ?? '');
    }
    for (const { key, values } of entries) {
      if (key === 'base_path' || key === 'is_default') continue;
      const kind = modelKind(key);
      const folders = values.filter(Boolean).map((value) => resolve(base, expand(value)));
      paths.set(kind, [...(paths.get(kind) ?? []), ...folders]);
    }
    result.push({ name, isDefault, paths });
  }
  return result;
}

/**
 * Reads such a file.
 * @throws {ExtraModelPathsError} also when the file cannot be read.
 */
export function loadExtraModelPaths(file: string): ExtraModelPaths[] {
  let text: string;
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error('it is larger than 1 MiB');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ExtraModelPathsError(`Cannot read the extra model paths ${file}: ${(error as Error).message}`, 0);
  }
  return parseExtraModelPaths(text, dirname(resolve(file)));
}

function expand(path: string): string {
  const atHome = path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
  return atHome.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return process.env[braced ?? bare ?? ''] ?? whole;
  });
}
