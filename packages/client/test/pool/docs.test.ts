/** What docs/pool.md says is what the code does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { poolErrors } from '../../src/pool/index.ts';
import { readPoolOptions } from '../../src/pool/pool-options.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/pool.md'), 'utf8');

it('docs/pool.md has a row for every code, with its meaning, and no other', () => {
  const section = page.slice(page.indexOf('## Errors'));
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.+?) \| (.+?) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(Object.fromEntries(rows)).toEqual(poolErrors);
  expect(rows).toHaveLength(Object.keys(poolErrors).length);
});

it('docs/pool.md has the default of every option', () => {
  const table = page.slice(page.indexOf('| Option of the pool'), page.indexOf('| Option of `run`'));
  const told = Object.fromEntries(
    [...table.matchAll(/^\| `(\w+)` \| `?([^`|]+?)`? \|/gm)].map(([, name, value]) => [name, value]),
  );
  const { pick, failover, maxActive, maxWaiting, waitMs, maxAttempts, healthMs, probeMs, describeMs, matchNodes } =
    readPoolOptions({});
  const real = {
    pick,
    failover,
    maxActive,
    maxWaiting,
    waitMs,
    maxAttempts,
    healthMs,
    probeMs,
    describeMs,
    matchNodes,
  };
  expect(told).toEqual({
    ...Object.fromEntries(Object.entries(real).map(([name, value]) => [name, String(value)])),
    client: 'none',
    createClient: "the package's",
  });
});
