/** Texts that try to leave a folder, for Linux and Windows, plain, encoded, disguised and through links. */

const FILES = ['canary.txt', 'canary.png', 'canary.safetensors', 'outside/canary.txt'];

const CLIMBS = [
  '../',
  '..//',
  './../',
  '.././',
  'sub/../../',
  '../sub/../../',
  '..\\',
  '..\\/',
  '..\\\\',
  'sub\\..\\..\\',
  '%2e%2e/',
  '%2e%2e%2f',
  '..%2f',
  '..%2F',
  '..%5c',
  '%2e.%5C',
  '%252e%252e%252f',
  '..%252f',
  '%25252e%25252e%25252f',
  '%c0%ae%c0%ae%c0%af',
  '..%c0%af',
  '%u002e%u002e%u2215',
  '....//',
  '..../',
  '..;/',
  '..\u0000/',
  '../\u0000',
  '..\u0001/',
  '.. /',
  ' ../',
  '..\t/',
  '..\n/',
  '../\r\n',
  '\u202e../',
  '\uff0e\uff0e\uff0f',
  '\uff0e\uff0e/',
  '\u2024\u2024/',
  '..\u2215',
  '..\u2044',
  '\ufeff../',
  '..\u00ad/',
];

const AROUND: readonly ((path: string) => string)[] = [
  (path) => `${path} `,
  (path) => `${path}.`,
  (path) => `${path}/.`,
  (path) => `${path}/`,
  (path) => `${path}\u0000.png`,
  (path) => `${path}%00.png`,
  (path) => `${path}::$DATA`,
  (path) => `${path}?x=.png`,
  (path) => `${path}#.png`,
  (path) => `${path} [input]`,
  (path) => `${path} [output]`,
];

const WINDOWS = [
  'C:\\canary.txt',
  'C:canary.txt',
  'c:/canary.txt',
  'C:\\..\\..\\canary.txt',
  '\\canary.txt',
  '\\\\server\\share\\canary.txt',
  '//server/share/canary.txt',
  '\\\\?\\C:\\canary.txt',
  '\\\\.\\C:\\canary.txt',
  '//?/C:/canary.txt',
  '\\??\\C:\\canary.txt',
  'CON',
  'nul.txt',
  'AUX',
  'com1.png',
  'lpt9',
  'canary.txt.',
  'canary.txt ',
  '...',
  '.. ',
  '. .',
  '..::$INDEX_ALLOCATION/canary.txt',
];

/** Links that the test puts into every folder: what they are called and where they lead, from the base folder. */
export const LINKS: ReadonlyMap<string, string> = new Map([
  ['link-base', ''],
  ['link-file.txt', 'canary.txt'],
  ['link-file.png', 'canary.png'],
  ['link-file.safetensors', 'canary.safetensors'],
  ['link-outside', 'outside'],
  ['link-dangling', 'nothing-here'],
]);

const THROUGH_LINKS = [
  ...LINKS.keys(),
  ...FILES.map((file) => `link-base/${file}`),
  'link-outside/canary.txt',
  'link-outside/new/deep/file.txt',
  'link-dangling/canary.txt',
  'sub/link-up/canary.txt',
  'sub/link-up/canary.png',
  'link-base/user/users.json',
  './link-base//canary.txt',
  'link-loop/canary.txt',
];

/** At least 300 texts. `base` is the absolute path of the folder around all folders. */
export function hostilePaths(base: string): string[] {
  const paths = new Set<string>();
  for (const climb of CLIMBS) {
    for (const times of [1, 2, 3]) {
      for (const file of FILES.slice(0, times === 3 ? 1 : 2)) paths.add(climb.repeat(times) + file);
    }
  }
  for (const wrap of AROUND) {
    for (const path of ['../canary.txt', '../../canary.png', `${base}/canary.txt`, 'link-base/canary.txt'])
      paths.add(wrap(path));
  }
  for (const file of FILES) {
    for (const absolute of [
      `${base}/${file}`,
      `/${base}/${file}`,
      `file://${base}/${file}`,
      `~/../..${base}/${file}`,
    ]) {
      paths.add(absolute);
    }
  }
  const more = ['..', '.', '', '/', '//', '~', '-', '__proto__', 'constructor', 'x'.repeat(300), '../'.repeat(2000)];
  for (const path of [...WINDOWS, ...THROUGH_LINKS, ...more]) paths.add(path);
  return [...paths];
}
