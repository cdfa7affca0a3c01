/** The nine states of the documentation, looked at by axe. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { showStates, STATES } from '../states.ts';
import { sharedStudio } from '../studio.ts';
import type { Studio } from '../studio.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];

let studio: Studio | string;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

/** What is wrong, one line for each rule and place. */
async function findings(page: Page, only: string[]): Promise<string[]> {
  // evaluated by the debugger: the policy of the page holds for the page
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  // what it found right stays in the page: it is much, and told by its number
  const { passed, found } = await page.evaluate(
    async ({ runOnly, serious }) => {
      const axe = Reflect.get(globalThis, 'axe') as { run: (options: object) => Promise<AxeResults> };
      const { passes, violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
      const found = violations
        .filter(({ impact }) => serious.includes(impact ?? ''))
        .flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
        );
      return { passed: passes.length, found };
    },
    { runOnly: only, serious: SERIOUS },
  );
  expect(passed).toBeGreaterThan(only === RULES ? 15 : 0);
  return found;
}

test('axe finds nothing serious on any state, in dark and in light', { timeout: 120_000 }, async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const found: Record<string, string[]> = {};
  const seen: string[] = [];
  for await (const { name, page } of showStates(studio)) {
    seen.push(name);
    // a run goes on meanwhile
    const problems = await findings(page, RULES);
    if (problems.length) found[name] = problems;
    // a run goes on meanwhile
    if (name === 'running') continue;
    const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    await page.emulateMedia({ colorScheme: isDark ? 'light' : 'dark' });
    const others = await findings(page, ['color-contrast']);
    if (others.length) found[`${name} in other colours`] = others;
    await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' });
  }
  expect(found).toEqual({});
  expect(seen).toEqual([...STATES]);
});
