import { expect, test } from 'vitest';
import { SERVE_FLAGS } from '../src/serve-flags.ts';
import { snug } from './cli-process.ts';

test('`snug serve --help` names every flag, and starts nothing', async () => {
  const { code, out } = await snug(['serve', '--help']);
  expect(code).toBe(0);
  const named = [...out.join('\n').matchAll(/--([a-z-]+)/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(Object.keys(SERVE_FLAGS)));
});
