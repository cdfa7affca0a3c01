// `npm test`: installs and builds what is missing, then runs all tests. Arguments go to the test runner.
import { join } from 'node:path';
import { root, run, setUp } from './setup.mjs';

setUp();
run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)], {
  shell: false,
});
