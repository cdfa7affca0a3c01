// The executor alone against a straw man: a loop that hashes class, inputs and parents' digests, looks the digest up and
// calls. Both run the same chain in the same process, in turn. Prints one JSON line a figure.
import { hash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createClassicCache, createExecutor } from '../packages/executor/dist/index.js';
import { defineNode, definePack, input, output, STRING } from '../packages/node-kit/dist/index.js';

const { values: args } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(args.rounds);

const Source = defineNode({
  type: 'Source',
  category: 'bench',
  inputs: { text: input.string() },
  outputs: { STRING: output.of(STRING) },
  run: ({ text }) => ({ STRING: text }),
});
const Step = defineNode({
  type: 'Step',
  category: 'bench',
  inputs: { text: input.of(STRING), add: input.int() },
  outputs: { STRING: output.of(STRING) },
  run: ({ text }) => ({ STRING: text }),
});
const End = defineNode({
  type: 'End',
  category: 'bench',
  inputs: { text: input.of(STRING) },
  outputs: {},
  outputNode: true,
  run() {},
});
const pack = definePack({ name: 'bench', nodes: [Source, Step, End] });

const node = (classType, inputs) =>
  new Map([
    ['class_type', classType],
    ['inputs', new Map(Object.entries(inputs))],
  ]);
function chain(n, salt) {
  const prompt = new Map([['0', node('Source', { text: salt })]]);
  for (let at = 1; at < n - 1; at++) prompt.set(String(at), node('Step', { text: [String(at - 1), 0], add: at }));
  return prompt.set('end', node('End', { text: [String(n - 2), 0] }));
}

function strawMan() {
  const cache = new Map();
  const run = { Source: ({ text }) => [text], Step: ({ text }) => [text], End: () => [] };
  return (prompt) => {
    const digests = new Map();
    const results = new Map();
    for (const [id, one] of prompt) {
      let text = one.get('class_type');
      const values = {};
      for (const [name, value] of one.get('inputs')) {
        if (Array.isArray(value)) {
          text += `${name}<${digests.get(value[0])}:${value[1]}`;
          values[name] = results.get(value[0])[value[1]];
        } else {
          text += `${name}=${JSON.stringify(value)}`;
          values[name] = value;
        }
      }
      const digest = hash('sha256', text, 'base64');
      digests.set(id, digest);
      let result = cache.get(digest);
      if (!result) cache.set(digest, (result = run[one.get('class_type')](values)));
      results.set(id, result);
    }
  };
}

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const files = {};

for (const n of [10, 100, 1000, 10_000]) {
  const ours = [];
  const theirs = [];
  const cached = [];
  const executor = createExecutor({ packs: [pack], files, cache: createClassicCache() });
  const straw = strawMan();
  const inner = Math.max(1, Math.round(2000 / n));
  for (let round = -2; round < rounds; round++) {
    let spent = [0, 0, 0];
    for (let at = 0; at < inner; at++) {
      const prompt = chain(n, `${round}:${at}`);
      const job = { promptId: 'bench', prompt, extraData: new Map(), targets: ['end'] };
      const control = { onEvent() {}, signal: new AbortController().signal };
      const t0 = performance.now();
      straw(prompt);
      const t1 = performance.now();
      await executor.run(job, control);
      const t2 = performance.now();
      await executor.run(job, control);
      const t3 = performance.now();
      spent = [spent[0] + t1 - t0, spent[1] + t2 - t1, spent[2] + t3 - t2];
    }
    if (round < 0) continue;
    theirs.push(spent[0] / inner);
    ours.push(spent[1] / inner);
    cached.push(spent[2] / inner);
  }
  const us = (ms) => +((ms * 1000) / n).toFixed(2);
  const [own, straw1, again] = [median(ours), median(theirs), median(cached)];
  console.log(
    JSON.stringify({
      name: `executor-chain-${n}`,
      perNodeUs: us(own),
      strawManUs: us(straw1),
      ratio: +(own / straw1).toFixed(2),
      cachedUs: us(again),
    }),
  );
}
