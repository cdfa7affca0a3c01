import { afterEach, describe, expect, it } from 'vitest';
import { copyOfRepository, temporaryTree } from './temporary-tree.ts';
import type { Tree } from './temporary-tree.ts';

const trees: Tree[] = [];
function tree(specification: string, test = ''): Tree {
  const made = temporaryTree({ 'PROTOCOL.md': specification, 'packages/graph/test/a.test.ts': test });
  trees.push(made);
  return made;
}
afterEach(() => {
  for (const one of trees.splice(0)) one.remove();
});

// put together here, or the tool would take them for titles of this file
const rule = (id: string): string => `[${id}]`;
const page = (rules: readonly string[], gaps: readonly string[] = []): string =>
  [
    ...rules.map((id) => `- ${rule(id)} Something is so.`),
    '',
    '## Gaps',
    '',
    '| Rules | Reason |',
    '|---|---|',
    ...gaps,
    '',
  ].join('\n');
const titled = (...ids: string[]): string => `it('${ids.map(rule).join(' ')} shows it', () => {});`;

describe('the rules of this repository', () => {
  it('are each named by a test or stand in the gaps, and they are many', () => {
    const copy = copyOfRepository();
    trees.push(copy);
    const { failed, said, problems } = copy.run('check-spec.mjs');
    expect(problems).toEqual([]);
    expect(failed).toBe(false);
    const [, rules = 0, named = 0, gaps = 0] = (
      /Rules hold: (\d+), of which tests name (\d+) and gaps (\d+)/.exec(said) ?? []
    ).map(Number);
    expect(rules).toBeGreaterThan(120);
    expect(named).toBeGreaterThan(30);
    expect(named + gaps).toBe(rules);
  });
});

describe('a specification', () => {
  it('holds when each rule is named or excused', () => {
    const { failed, said } = tree(
      page(['HT1', 'HT2', 'EXT1'], ['| HT2, EXT1 | Nobody has come to it yet. |']),
      titled('HT1'),
    ).run('check-spec.mjs');
    expect(failed).toBe(false);
    expect(said).toBe('Rules hold: 3, of which tests name 1 and gaps 2, in 1 files.\n');
  });

  it('counts only what stands in a text, not in a comment', () => {
    const { problems } = tree(page(['HT1']), `// ${rule('HT1')}\n`).run('check-spec.mjs');
    expect(problems).toEqual(['PROTOCOL.md: no test names rule HT1, and no gap says why']);
  });

  it.each([
    [
      'a rule without a test',
      page(['HT1', 'TX1']),
      titled('HT1'),
      'PROTOCOL.md: no test names rule TX1, and no gap says why',
    ],
    [
      'a test of an unknown rule',
      page(['HT1']),
      titled('HT1', 'HT9'),
      'packages/graph/test/a.test.ts: names rule HT9, which PROTOCOL.md does not have',
    ],
    [
      'a gap that was closed',
      page(['HT1'], ['| HT1 | Not yet, but soon. |']),
      titled('HT1'),
      'PROTOCOL.md: a test names rule HT1: take it out of the gaps',
    ],
    ['a gap without a reason', page(['HT1'], ['| HT1 | |']), titled(), 'PROTOCOL.md: the gap HT1 has no reason'],
    [
      'a gap of an unknown rule',
      page(['HT1'], ['| QU4 | Not yet, but soon. |']),
      titled('HT1'),
      'PROTOCOL.md: the gap QU4 is no rule',
    ],
    [
      'a gap that is there twice',
      page(['HT1'], ['| HT1, HT1 | Not yet, but soon. |']),
      titled(),
      'PROTOCOL.md: HT1 is in the gaps twice',
    ],
    ['a number that is used twice', page(['HT1', 'HT1']), titled('HT1'), 'PROTOCOL.md: rule HT1 is there twice'],
    ['numbers out of order', page(['HT2', 'HT1']), titled('HT1', 'HT2'), 'PROTOCOL.md: rule HT1 is out of order'],
  ])('fails for %s', (_what, specification, test, problem) => {
    const { failed, problems } = tree(specification, test).run('check-spec.mjs');
    expect(failed).toBe(true);
    expect(problems[0]).toBe(problem);
  });

  it('fails when there are no rules, or no tests', () => {
    for (const made of [
      tree('# Nothing', titled()),
      temporaryTree({ 'PROTOCOL.md': page(['HT1'], ['| HT1 | Not yet, but soon. |']) }),
    ]) {
      const { failed, problems } = made.run('check-spec.mjs');
      expect(failed).toBe(true);
      expect(problems.at(-1)).toContain('nothing was checked');
      made.remove();
    }
  });
});
