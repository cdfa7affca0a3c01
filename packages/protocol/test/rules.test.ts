import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientFeatures, clientMessages, routes, serverFeatures, serverMessages } from '@snug/protocol';

const PAGE = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8');
const RULES = new Set([...PAGE.matchAll(/^- \[([A-Z]+\d+)\] /gm)].map(([, id]) => id));

describe('the tables', () => {
  it.each(Object.entries({ serverMessages, clientMessages, routes, serverFeatures, clientFeatures }))(
    '%s name rules that PROTOCOL.md has',
    (_table, table) => {
      const named = Object.entries<{ readonly rules: readonly string[] }>(table);
      expect(named.length).toBeGreaterThan(0);
      for (const [name, { rules }] of named) {
        expect(rules.length, name).toBeGreaterThan(0);
        expect(
          rules.filter((rule) => !RULES.has(rule)),
          name,
        ).toEqual([]);
      }
    },
  );
});
