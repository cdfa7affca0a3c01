import { describe, expect, it } from 'vitest';
import type { Clip, Family, TextEncoder } from '../../src/seams.ts';
import { fillRows } from '../../src/text/chunks.ts';
import { encodePrompt } from '../../src/text/encode.ts';
import { promptPhrases } from '../../src/text/phrases.ts';
import { tokenize } from '../../src/text/tokenizer.ts';
import { END_TOKEN, START_TOKEN } from '../../src/text/vocabulary.ts';
import { weightedTexts } from '../../src/text/weights.ts';

const none = async (): Promise<undefined> => undefined;

describe('tokens', () => {
  // ids as OpenAI's and Hugging Face's tokenizers give them
  it.each([
    ['a photo of a cat', [320, 1125, 539, 320, 2368]],
    ['A PHOTO  of\na cat', [320, 1125, 539, 320, 2368]],
    ['hello world!', [3306, 1002, 256]],
    ['', []],
  ])('of %j', (text, ids) => expect(tokenize(text)).toEqual(ids));

  it('digits stand alone, endings with an apostrophe too', () => {
    expect(tokenize('2024')).toHaveLength(4);
    expect(tokenize("it's")).toEqual([...tokenize('it'), ...tokenize("'s")]);
  });

  it('accents count in their composed form; any character has tokens', () => {
    expect(tokenize('cafe\u0301')).toEqual(tokenize('café'));
    expect(tokenize('東京 ☕ 🦝').length).toBeGreaterThan(3);
  });
});

describe('weights', () => {
  it.each([
    ['plain', [['plain', 1]]],
    [
      'a (b) c',
      [
        ['a ', 1],
        ['b', 1.1],
        [' c', 1],
      ],
    ],
    ['((b))', [['b', 1.1 * 1.1]]],
    ['(b:1.4)', [['b', 1.4]]],
    [
      '(a (b:0.5))',
      [
        ['a ', 1.1],
        ['b', 0.5],
      ],
    ],
    [
      '((a:2) b:0.5)',
      [
        ['a', 2],
        [' b', 0.5],
      ],
    ],
    ['(a:b)', [['a:b', 1.1]]],
    ['(b:-.5)', [['b', -0.5]]],
    ['[a]', [['[a]', 1]]],
    ['\\(a\\)', [['(a)', 1]]],
    ['(a\\):2)', [['a)', 2]]],
    ['(open', [['(open', 1]]],
    ['closed)', [['closed)', 1]]],
    ['()', []],
  ] as [string, [string, number][]][])('of %j', (prompt, expected) => {
    expect(weightedTexts(prompt).map(({ text, weight }) => [text, weight])).toEqual(expected);
  });
});

describe('rows', () => {
  const phrase = (...tokens: number[]) => tokens.map((token) => ({ token, weight: 1 }));
  const tokensOf = (rows: ReturnType<typeof fillRows>) => rows.map((row) => row.map(({ token }) => token));
  const many = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

  it('an empty prompt is a start, an end and padding', () => {
    const [row, ...others] = tokensOf(fillRows([], 0));
    expect(others).toEqual([]);
    expect(row).toEqual([START_TOKEN, END_TOKEN, ...Array.from({ length: 75 }, () => 0)]);
  });

  it('75 tokens fill a row, one more begins another', () => {
    expect(fillRows([phrase(...many(75))], 0)).toHaveLength(1);
    const [first, second] = tokensOf(fillRows([phrase(...many(76))], END_TOKEN));
    expect(first?.slice(70)).toEqual([70, 71, 72, 73, 74, 75, END_TOKEN]);
    expect(second?.slice(0, 3)).toEqual([START_TOKEN, 76, END_TOKEN]);
  });

  it('a short phrase is not torn, a long one is', () => {
    const short = tokensOf(fillRows([phrase(...many(74)), phrase(1001, 1002)], 0));
    expect(short[0]?.slice(74)).toEqual([74, END_TOKEN, 0]);
    expect(short[1]?.slice(0, 4)).toEqual([START_TOKEN, 1001, 1002, END_TOKEN]);
    const long = tokensOf(fillRows([phrase(...many(74)), phrase(...many(8))], 0));
    expect(long[0]?.slice(74)).toEqual([74, 1, END_TOKEN]);
    expect(long[1]?.slice(0, 3)).toEqual([START_TOKEN, 2, 3]);
  });
});

describe('embeddings', () => {
  const vectors = [Float32Array.of(1), Float32Array.of(2)];
  const find = async (name: string) => (name === 'mood' ? vectors : undefined);

  it('stand where they are named, with the weight around them', async () => {
    const phrases = await promptPhrases('a (embedding:mood:0.5), cat', 'clip-l', find);
    expect(phrases.flat()).toEqual([
      { token: 320, weight: 1 },
      ...vectors.map((token) => ({ token, weight: 0.5 })),
      ...tokenize(', cat').map((token) => ({ token, weight: 1 })),
    ]);
  });

  it('a comma behind the name is text; an unknown name says nothing', async () => {
    const tokens = (await promptPhrases('embedding:mood, embedding:other cat', 'clip-l', find)).flat();
    expect(tokens.map(({ token }) => token)).toEqual([...vectors, ...tokenize(','), ...tokenize('cat')]);
  });
});

interface Asked {
  readonly skip: number;
  readonly isNormed: boolean;
}

/** Says for each token its id and its place, and remembers how it was asked. */
function fakeClip(family: Family, kinds: readonly TextEncoder['kind'][], lastLayer?: number) {
  const asked: Asked[] = [];
  const encoders = kinds.map((kind): TextEncoder => ({
    kind,
    width: 2,
    layers: 12,
    async encode(rows, options) {
      asked.push(options);
      const data = Float32Array.from(rows.flatMap((row) => row.flatMap((token, at) => [Number(token), at])));
      const pooled = {
        data: Float32Array.from(rows, (_, at) => at + (kind === 'clip-l' ? 0 : 100)),
        shape: [rows.length, 1],
      };
      return { hidden: { data, shape: [rows.length, 77, 2] }, pooled };
    },
  }));
  const clip: Clip = {
    kind: 'clip',
    family,
    lastLayer,
    patches: [],
    encoders: async () => encoders,
    withLastLayer: () => clip,
    withPatches: () => clip,
  };
  return { clip, asked };
}

describe('encoding', () => {
  it.each([
    ['sd1', undefined, { skip: 0, isNormed: true }],
    ['sd1', -2, { skip: 1, isNormed: true }],
    ['sd1', -24, { skip: 0, isNormed: true }],
    ['sd2', undefined, { skip: 1, isNormed: true }],
    ['sdxl', undefined, { skip: 1, isNormed: false }],
    ['sdxl', -1, { skip: 0, isNormed: false }],
  ] as [Family, number | undefined, Asked][])('%s with last layer %s', async (family, lastLayer, expected) => {
    const { clip, asked } = fakeClip(family, ['clip-l'], lastLayer);
    await encodePrompt(clip, 'cat', none);
    expect(asked).toEqual([expected]);
  });

  it('weights are measured from the empty prompt', async () => {
    const { clip } = fakeClip('sd1', ['clip-l']);
    const { context } = await encodePrompt(clip, '(cat:0.5) cat', none);
    const at = (place: number): number => context.data[place * 2]!;
    // where "cat" stands the empty prompt has its end
    expect(at(1)).toBe((2368 + END_TOKEN) / 2);
    expect([at(0), at(2), at(3)]).toEqual([START_TOKEN, 2368, END_TOKEN]);
    expect(context.shape).toEqual([1, 77, 2]);
  });

  it('a long prompt has more tokens, and the pooled text of its first row', async () => {
    const { clip } = fakeClip('sd1', ['clip-l']);
    const { context, pooled } = await encodePrompt(clip, 'cat '.repeat(80), none);
    expect(context.shape).toEqual([1, 154, 2]);
    expect(pooled).toEqual({ data: Float32Array.of(0), shape: [1, 1] });
  });

  it('two encoders lie side by side, each with its own text, padded to equal rows', async () => {
    const { clip } = fakeClip('sdxl', ['clip-l', 'open-clip-g']);
    const prompts = { 'clip-l': 'cat '.repeat(80), 'open-clip-g': 'dog' };
    const { context, pooled } = await encodePrompt(clip, prompts, none);
    expect(context.shape).toEqual([1, 154, 4]);
    const token = (place: number): number[] => [...context.data.subarray(place * 4, place * 4 + 4)];
    expect(token(1)).toEqual([2368, 1, tokenize('dog')[0], 1]);
    // the padding of the second is 0
    expect(token(78)).toEqual([2368, 1, END_TOKEN, 1]);
    expect(token(79)).toEqual([2368, 2, 0, 2]);
    expect(pooled?.data).toEqual(Float32Array.of(100));
  });
});
