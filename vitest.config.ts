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
    testTimeout: 20_000,
    hookTimeout: 30_000,
    typecheck: { enabled: true, include: ['packages/*/test/**/*.test-d.ts'], tsconfig: 'tsconfig.test.json' },
  },
});
