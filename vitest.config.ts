import { defineConfig } from 'vitest/config';

// Packages resolve to their sources in tests, so that no build is needed before most of them.
// What starts child processes needs the build; `npm test` makes it first.
const resolve = { conditions: ['source'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'packs/*/test/**/*.test.ts',
      'tests/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // many tests wait for processes of their own: more files than cores are worth having under way
    maxWorkers: 4,
    // for a machine that is busy with other things: nothing here waits for time
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 15_000 } },
    typecheck: { enabled: true, include: ['packages/*/test/**/*.test-d.ts'], tsconfig: 'tsconfig.test.json' },
  },
});
