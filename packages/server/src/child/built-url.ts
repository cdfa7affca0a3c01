/**
 * The URL of a built module beside this one. Child processes and threads run what was built, also where the rest runs
 * from its sources, as in tests.
 */
export function builtUrl(base: string, name: string): URL {
  return new URL(name, base.replace(/\/src\/(?!.*\/src\/)/, '/dist/'));
}
