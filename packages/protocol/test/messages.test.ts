import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientMessages, decodeMessage, parseTolerantly, serverMessages } from '@snug/protocol';

const GOLDEN = new URL('../../../tests/conformance/suite/golden/', import.meta.url);
/** What a node of the conformance pack sends under a name of its own. */
const CUSTOM = 'conform.message';

interface Transcript {
  readonly ws?: Readonly<Record<string, readonly { type?: string; data?: unknown }[]>>;
}

/** The text messages of all golden transcripts, with a time where a placeholder stands for one. */
function goldenMessages(): { file: string; text: string; type: string; data: unknown }[] {
  const messages = [];
  for (const file of readdirSync(GOLDEN)) {
    const text = readFileSync(new URL(file, GOLDEN), 'utf8').replaceAll('"<time>"', '1767225600000');
    for (const sent of Object.values((JSON.parse(text) as Transcript).ws ?? {})) {
      for (const { type, data } of sent) {
        if (type !== undefined) messages.push({ file, text: JSON.stringify({ type, data }), type, data });
      }
    }
  }
  return messages;
}

const golden = goldenMessages();

describe('messages of the reference', () => {
  it('[TX1] every one of them is in the table, with a schema that takes it as it is', () => {
    const counts = new Map<string, number>();
    for (const { file, text, type, data } of golden) {
      const decoded = decodeMessage(text);
      counts.set(type, (counts.get(type) ?? 0) + 1);
      if (type === CUSTOM) expect(decoded).toEqual({ type: 'unknown', reason: 'type', raw: { type, data } });
      else expect(decoded, file).toEqual({ type, data });
    }
    expect(golden.length).toBe(867);
    // what no transcript shows has its own tests below
    expect(Object.keys(serverMessages).filter((type) => !counts.has(type))).toEqual(['logs']);
  });

  it('[TX2] are text, and say type and data in this order and nothing else', () => {
    for (const { text } of golden) expect(text).toMatch(/^\{"type":"[a-z_.]+","data":/);
  });
});

describe('reading a message', () => {
  const cases: [type: string, good: unknown, bad: unknown][] = [
    ['status', { status: { exec_info: { queue_remaining: 1 } }, sid: 'a' }, { status: {} }],
    ['execution_start', { prompt_id: 'p', timestamp: 1 }, { prompt_id: 'p', timestamp: 'now' }],
    ['execution_cached', { nodes: [], prompt_id: 'p', timestamp: 1 }, { nodes: [1], prompt_id: 'p', timestamp: 1 }],
    ['executing', { node: null, prompt_id: 'p' }, { prompt_id: 'p' }],
    ['progress', { value: 0.5, max: 1, prompt_id: null, node: null }, { value: '1', max: 1 }],
    ['progress_state', { prompt_id: 'p', nodes: {} }, { prompt_id: 'p', nodes: [] }],
    ['executed', { node: '1', display_node: '1', output: null, prompt_id: 'p' }, { output: {}, prompt_id: 'p' }],
    ['execution_success', { prompt_id: 'p', timestamp: 1 }, null],
    ['execution_interrupted', { prompt_id: 'p', node_id: '1', node_type: 'T', executed: [], timestamp: 1 }, {}],
    ['feature_flags', { supports_preview_metadata: true }, []],
    ['logs', { entries: [{ t: '2026', m: 'line' }], size: null }, { entries: 'line', size: null }],
  ];

  it.each(cases)('takes a good %s and gives back a bad one as it came', (type, good, bad) => {
    expect(decodeMessage(JSON.stringify({ type, data: good }))).toEqual({ type, data: good });
    const raw = { type, data: bad };
    expect(decodeMessage(JSON.stringify(raw))).toEqual({ type: 'unknown', reason: 'data', raw });
  });

  it('[TX17] [TX18] takes errors with inputs, and those of a block without inputs and time', () => {
    const error = {
      prompt_id: 'p',
      node_id: '2',
      node_type: 'Fails',
      executed: ['1'],
      exception_message: 'no\n',
      exception_type: 'Error',
      traceback: ['line\n'],
      current_inputs: { text: ['a'], count: [7] },
      current_outputs: [],
      timestamp: 1,
    };
    const { timestamp: _, ...timeless } = { ...error, current_inputs: [] };
    for (const data of [error, timeless]) {
      expect(decodeMessage(JSON.stringify({ type: 'execution_error', data }))).toEqual({
        type: 'execution_error',
        data,
      });
    }
  });

  it('[TX26] keeps members that the table does not name', () => {
    const data = { prompt_id: 'p', timestamp: 1, of_tomorrow: { deep: [1] } };
    expect(decodeMessage(JSON.stringify({ type: 'execution_start', data, more: 1 }))).toEqual({
      type: 'execution_start',
      data,
    });
  });

  it('[TX28] keeps nodes whose ids are names of JavaScript', () => {
    const state = {
      value: 0,
      max: 1,
      state: 'running',
      prompt_id: 'p',
      display_node_id: '1',
      parent_node_id: null,
      real_node_id: '1',
    };
    const nodes = ['__proto__', 'constructor', 'prototype', 'toString'].map(
      (id) => `${JSON.stringify(id)}:${JSON.stringify({ ...state, node_id: id })}`,
    );
    const decoded = decodeMessage(`{"type":"progress_state","data":{"prompt_id":"p","nodes":{${nodes.join(',')}}}}`);
    expect(decoded.type).toBe('progress_state');
    const read = decoded.type === 'progress_state' ? decoded.data.nodes : {};
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor', 'prototype', 'toString']);
    const bad = '{"type":"progress_state","data":{"prompt_id":"p","nodes":{"__proto__":5}}}';
    expect(decodeMessage(bad)).toMatchObject({ type: 'unknown', reason: 'data' });
  });

  it.each<[text: string, reason: string]>([
    ['', 'text'],
    ['{', 'text'],
    ['NaN', 'form'],
    ['[]', 'form'],
    ['null', 'form'],
    ['"status"', 'form'],
    ['{}', 'form'],
    ['{"type":5}', 'form'],
    ['{"type":"toString","data":{}}', 'type'],
    ['{"type":"__proto__","data":{}}', 'type'],
    ['{"type":"unknown","data":{}}', 'type'],
    ['{"type":"status"}', 'data'],
    [`{"type":"status","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'data'],
    ['['.repeat(1_000_000), 'text'],
    [`[NaN,${'['.repeat(1_000_000)}`, 'text'],
    ['"'.repeat(1_000_001), 'text'],
    ['\\"'.repeat(500_000), 'text'],
  ])('[TX26] never throws: %.30j is no known message', (text, reason) => {
    expect(decodeMessage(text)).toMatchObject({ type: 'unknown', reason });
  });
});

describe('[TX27] bare words where JSON has no number', () => {
  it('are read as the numbers they name', () => {
    const text = '{"type":"progress","data":{"value":NaN,"max":Infinity,"prompt_id":"p","node":"1"}}';
    expect(decodeMessage(text)).toEqual({
      type: 'progress',
      data: { value: NaN, max: Infinity, prompt_id: 'p', node: '1' },
    });
    expect(parseTolerantly('[-Infinity, NaN, {"a": Infinity}]')).toEqual([-Infinity, NaN, { a: Infinity }]);
  });

  it('stay texts inside of texts', () => {
    const texts = ['NaN', '-Infinity', 'a "NaN" b', '\\', '\\"NaN', ''];
    expect(parseTolerantly(`[NaN,${texts.map((text) => JSON.stringify(text)).join(',')}]`)).toEqual([NaN, ...texts]);
  });

  it.each(['[NaN', 'NaNNaN', 'Infinit', 'nan', '{NaN:1}'])('do not make %s readable', (text) => {
    expect(() => parseTolerantly(text)).toThrow(SyntaxError);
  });
});

describe('the table', () => {
  it('says for every message who gets it, how it is delivered and which rules it is under', () => {
    const entries = [...Object.entries(serverMessages), ...Object.entries(clientMessages)];
    expect(entries.length).toBe(13);
    for (const [type, { rules, since }] of entries) {
      expect(rules.length, type).toBeGreaterThan(0);
      for (const rule of rules) expect(rule).toMatch(/^TX\d+$/);
      expect(since).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});
