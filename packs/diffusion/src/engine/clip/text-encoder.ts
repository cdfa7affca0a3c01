/** Text encoders as the text part uses them. */
import { createTensor } from '@snug/node-kit';
import type { TextEncoder } from '../../seams.ts';
import { EngineError } from '../engine-error.ts';
import type { ModelStore, Network } from '../store.ts';
import type { TextShape } from './graph.ts';

/** Ends a text; what follows is padding. */
const END = 49407;
/** OpenCLIP-H as diffusers cut it: SD 2 never looks at its last layer. */
const CUT_LAYERS = 23;

type Row = readonly (number | Float32Array)[];

export function textEncoder(
  kind: TextEncoder['kind'],
  shape: TextShape,
  network: Network,
  store: ModelStore,
): TextEncoder {
  const { layers, width } = shape;
  const missing = kind === 'open-clip-h' && layers === CUT_LAYERS ? 1 : 0;
  return {
    kind,
    width,
    layers: layers + missing,
    async encode(rows, { skip, isNormed }) {
      const layer = Math.max(1, Math.min(layers, layers + missing - skip));
      const feeds = inputsOf(rows, shape, network.label);
      const [hidden, pooled] = await store.use(network, (session) =>
        session.run(feeds, [`${isNormed ? 'normed' : 'hidden'}_${layer}`, 'pooled']),
      );
      if (!hidden || !pooled) throw new EngineError('inference_failed', `${network.label} gave nothing.`);
      return { hidden, pooled };
    },
  };
}

function inputsOf(rows: readonly Row[], { length, width }: TextShape, label: string) {
  const ids = new BigInt64Array(rows.length * length);
  const own = createTensor([rows.length, length, 1]);
  own.data.fill(1);
  const vectors = createTensor([rows.length, length, width]);
  const ends = new BigInt64Array(rows.length);
  for (const [at, row] of rows.entries()) {
    if (row.length !== length)
      throw new EngineError('inference_failed', `${label} takes rows of ${length} tokens, not ${row.length}.`);
    const end = row.indexOf(END);
    ends[at] = BigInt(end < 0 ? length - 1 : end);
    for (const [column, token] of row.entries()) {
      const place = at * length + column;
      if (typeof token === 'number') {
        ids[place] = BigInt(token);
        continue;
      }
      if (token.length !== width)
        throw new EngineError('inference_failed', `${label} takes vectors of ${width} numbers, not ${token.length}.`);
      own.data[place] = 0;
      vectors.data.set(token, place * width);
    }
  }
  return {
    ids: { ints: ids, shape: [rows.length, length] },
    ends: { ints: ends, shape: [rows.length, 1] },
    own,
    vectors,
  };
}
