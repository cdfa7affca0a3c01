import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

// Packages resolve to their sources in tests, so that no build is needed before most of them.
// What starts child processes needs the build; `npm test` makes it first.
const resolve = { conditions: ['source'] };

const TESTS = [
  'packages/*/test/**/*.test.ts',
  'packs/*/test/**/*.test.ts',
  'tests/**/*.test.ts',
  'examples/**/*.test.ts',
];

// These change, measure or fill the process that they run in, or take long anyway: each gets one of its own, and they
// begin first. All others follow each other in a few processes, for loading what they import takes most of their time.
const APART = [
  'packages/cli/test/{codegen,codegen-command,run-command,run-local}.test.ts',
  'packages/client/test/{job,job-old-server}.model.test.ts',
  'packages/client/test/compat/ws-client.test.ts',
  'packages/graph/test/validate-scale.test.ts',
  'packages/server/test/{abuse,durability,route-table,web-socket}.test.ts',
  'tests/*.test.ts',
  'tests/!(reference)/**/*.test.ts',
  'examples/**/*.test.ts',
];

/** It waits most of its time, as its scenarios say: begun late, it alone would run at last. */
const LONGEST = 'tests/conformance/conformance.test.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(LONGEST);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    // many tests wait for processes of their own: more files than cores are worth having under way
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // for a machine that is busy with other things: nothing here waits for time
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        test: {
          name: 'together',
          include: TESTS,
          exclude: [...configDefaults.exclude, ...APART],
          isolate: false,
          // each of them loads everything once
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/test/**/*.test-d.ts'],
            tsconfig: 'tsconfig.types.json',
          },
        },
      },
    ],
  },
});
