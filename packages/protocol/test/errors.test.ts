import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errors, exceptionTypes } from '@snug/protocol';
import type { ErrorFamily, ErrorSpec } from '@snug/protocol';

const ROOT = join(import.meta.dirname, '../../..');
const TABLE = new Map<string, ErrorSpec>(Object.entries(errors));

const codes = (test: (spec: ErrorSpec) => boolean): string[] =>
  [...TABLE]
    .filter(([, spec]) => test(spec))
    .map(([code]) => code)
    .toSorted();
const ofFamily = (...families: ErrorFamily[]): string[] => codes(({ family }) => families.includes(family));

/** Sources of a package. What tests alone use, and the table itself, are not read. */
function sources(...names: string[]): string {
  const texts = names.flatMap((name) => {
    const folder = join(ROOT, 'packages', name, 'src');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => file.endsWith('.ts') && !(name === 'protocol' && file === 'errors.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
  });
  expect(texts.length).toBeGreaterThan(5);
  return texts.join('\n');
}
const packages = readdirSync(join(ROOT, 'packages')).filter((name) => !['testkit', 'studio'].includes(name));

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap((match) => match.slice(1).filter(Boolean)))].toSorted();
}

interface DocumentedRow {
  readonly code: string;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly meaning: string;
  readonly advice: string;
}

function documented(): DocumentedRow[] {
  const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  return [...page.matchAll(/^\| `(\w+)` \| (\d+|-) \| (yes|no) \| (.+?) \| (.+?) \|$/gm)].map((match) => {
    const [, code = '', status = '', retry, meaning = '', advice = ''] = match;
    return { code, status: status === '-' ? undefined : Number(status), retryable: retry === 'yes', meaning, advice };
  });
}

describe('the catalogue of codes', () => {
  it('says the same as docs/errors.md, row by row', () => {
    const rows = documented();
    expect(rows.length).toBe(TABLE.size);
    expect(rows.length).toBeGreaterThan(40);
    for (const { code, advice, ...said } of rows) {
      const { status, retryable, meaning } = TABLE.get(code) ?? {};
      expect(said, code).toEqual({ status, retryable, meaning });
      expect(advice.length, code).toBeGreaterThan(5);
    }
    expect(rows.map(({ code }) => code)).toEqual([...TABLE.keys()]);
  });

  it('[VA3] has every type of problem that a prompt can have, and no other', () => {
    const text = sources('graph', 'server');
    const direct = found(text, /\b(?:problem|refuse|outOfRange)\(\s*'(\w+)',/g);
    // limits and failures of the store are named elsewhere and passed on
    const passedOn = [...found(text, /readonly type: '(value_\w+)' \| '(value_\w+)'/g), 'queue_full', 'store_failed'];
    const chosen = found(text, /type: '(exception_during\w*)'/g);
    expect([...new Set([...direct, ...passedOn, ...chosen])].toSorted()).toEqual(ofFamily('prompt', 'node'));
    expect(direct.length).toBeGreaterThan(15);
  });

  it('has the code of every exception in the sources, and no other', () => {
    const text = sources(...packages);
    const single = found(text, /readonly code = '(\w+)'/g);
    const several = found(text, /readonly code: ((?:'\w+' ?\|? ?)+);/g).flatMap((union) => found(union, /'(\w+)'/g));
    expect([...single, ...several].toSorted()).toEqual(codes(({ isThrown }) => isThrown));
    expect(single.length).toBeGreaterThan(5);
  });

  it('[SE20] has the close codes that the server sends, and no other of its own', () => {
    const own = found(sources('server'), /^(?:export )?const (?:CLOSE_\w+|GOING_AWAY) = (\d+);$/gm).map(Number);
    // these three are sent by the WebSocket library for us
    const ofLibrary = [1002, 1007, 1009];
    const told = [...TABLE.values()].filter(({ family }) => family === 'close').map(({ status }) => status);
    expect(new Set<number | undefined>([...own, ...ofLibrary])).toEqual(new Set(told));
    expect(own.length).toBe(3);
  });

  it('gives a close code to one row only, and an HTTP status to each refusal', () => {
    const closes = [...TABLE.values()].filter(({ family }) => family === 'close').map(({ status }) => status);
    expect(new Set(closes).size).toBe(closes.length);
    for (const [code, { family, status }] of TABLE) {
      if (family === 'prompt' || family === 'node' || family === 'service') expect(status, code).toBeGreaterThan(399);
    }
  });

  it('[EX21] names the failures that are the server’s own, as the sources do', () => {
    const text = sources('executor', 'server');
    const named = found(text, /(?:errorType|exception_type): '([\w.]+)'/g);
    expect(named).toEqual(Object.values(exceptionTypes).toSorted());
  });
});
