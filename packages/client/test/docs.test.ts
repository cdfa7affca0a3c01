/** What docs/client.md says is what the code does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientErrors } from '../src/errors.ts';
import { DEFAULT_TIMING, readOptions } from '../src/options.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/client.md'), 'utf8');

describe('docs/client.md', () => {
  it('has a row for every code, with its meaning, and no other', () => {
    const section = page.slice(page.indexOf('## Errors'));
    const rows = [...section.matchAll(/^\| `(\w+)` \| (.+?) \| (.+?) \|$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    expect(Object.fromEntries(rows)).toEqual(clientErrors);
    expect(rows.length).toBe(Object.keys(clientErrors).length);
  });

  it('has the default of every time', () => {
    const settings = readOptions({ url: 'http://x' });
    const { requestMs, connectMs, readyMs, lookMs, evidenceMs, reconnect } = settings;
    const told = new Map<string, string>();
    for (const [, names = '', values = ''] of page.matchAll(/^\| `((?:timeouts|reconnect)\.[^|]*)` \| ([^|]*) \|/gm)) {
      const numbers = values.split(', ');
      for (const [at, name] of [...names.matchAll(/\.(\w+)/g)].entries())
        told.set(name[1]!, numbers[at]!.replace(',', ''));
    }
    const real = { ...DEFAULT_TIMING, requestMs, connectMs, readyMs, lookMs, evidenceMs, ...reconnect };
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(Object.entries(real).map(([name, value]) => [name, String(value)])),
    );
  });
});
