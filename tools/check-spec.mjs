// Holds PROTOCOL.md against the tests: each rule is named by the title of a test, or stands in the table of gaps with a
// reason. A test that names a rule that does not exist is a fault, and so is a gap that a test has closed.
//
//   node tools/check-spec.mjs [root]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));

const FAMILIES = 'HT|TX|BF|SE|QU|VA|EX|OI|FI|EXT';
const RULE = new RegExp(String.raw`^- \[((?:${FAMILIES})\d+)\] \S`, 'gm');
const MENTION = new RegExp(String.raw`\[((?:${FAMILIES})\d+)\]`, 'g');
/** A string on one line: titles are such. */
const STRING = /(['"`])(?:\\.|(?!\1)[^\\\n])*\1/g;
const GAPS = '\n## Gaps';

const problems = [];

function readSpecification() {
  const file = join(root, 'PROTOCOL.md');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const at = text.indexOf(GAPS);
  const [rules, gaps] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
  return { rules: readRules(rules), gaps: readGaps(gaps) };
}

function readRules(text) {
  const rules = new Set();
  const last = new Map();
  for (const [, id] of text.matchAll(RULE)) {
    if (rules.has(id)) problems.push(`PROTOCOL.md: rule ${id} is there twice`);
    rules.add(id);
    const [, family, number] = /^([A-Z]+)(\d+)$/.exec(id);
    if (Number(number) <= (last.get(family) ?? 0)) problems.push(`PROTOCOL.md: rule ${id} is out of order`);
    last.set(family, Number(number));
  }
  return rules;
}

/** Rows `| HT1, HT2 | reason |`. */
function readGaps(text) {
  const gaps = new Map();
  for (const line of text.split('\n')) {
    const [, ids, reason] = /^\|([^|]+)\|(.*)\|\s*$/.exec(line) ?? [];
    const named = [...(ids ?? '').matchAll(new RegExp(String.raw`\b(?:${FAMILIES})\d+\b`, 'g'))].map(([id]) => id);
    for (const id of named) {
      if (gaps.has(id)) problems.push(`PROTOCOL.md: ${id} is in the gaps twice`);
      if (reason.trim().length < 10) problems.push(`PROTOCOL.md: the gap ${id} has no reason`);
      gaps.set(id, reason);
    }
  }
  return gaps;
}

function testFiles() {
  const places = [];
  for (const group of ['packages', 'packs']) {
    if (!existsSync(join(root, group))) continue;
    for (const name of readdirSync(join(root, group))) places.push(join(root, group, name, 'test'));
  }
  places.push(join(root, 'tests'), join(root, 'examples'));
  return places
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place, { recursive: true, encoding: 'utf8' }).map((file) => join(place, file)))
    .filter((file) => /\.test(?:-d)?\.tsx?$/.test(file) && !file.split(sep).includes('node_modules'));
}

const { rules, gaps } = readSpecification();
const named = new Set();
const files = testFiles();
for (const file of files) {
  for (const [title] of readFileSync(file, 'utf8').matchAll(STRING)) {
    for (const [, id] of title.matchAll(MENTION)) {
      if (!rules.has(id)) problems.push(`${relative(root, file)}: names rule ${id}, which PROTOCOL.md does not have`);
      named.add(id);
    }
  }
}
for (const id of rules) {
  if (!named.has(id) && !gaps.has(id)) problems.push(`PROTOCOL.md: no test names rule ${id}, and no gap says why`);
  if (named.has(id) && gaps.has(id)) problems.push(`PROTOCOL.md: a test names rule ${id}: take it out of the gaps`);
}
for (const id of gaps.keys()) if (!rules.has(id)) problems.push(`PROTOCOL.md: the gap ${id} is no rule`);

for (const problem of problems) console.error(problem);
const proven = [...rules].filter((id) => named.has(id)).length;
if (!rules.size || !files.length) {
  console.error(`${rules.size} rules in PROTOCOL.md and ${files.length} files of tests: nothing was checked.`);
  process.exitCode = 1;
} else if (problems.length) process.exitCode = 1;
else
  console.log(
    `Rules hold: ${rules.size}, of which tests name ${proven} and gaps ${gaps.size}, in ${files.length} files.`,
  );
