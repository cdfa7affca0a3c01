import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, stringifyJson } from '@snug/protocol';
import { numberText, readSubmission } from '../src/prompts/submission.ts';
import type { Submission } from '../src/prompts/submission.ts';

const context = { newId: () => 'minted', now: () => 1234, usageSource: undefined };
const read = (body: string, more: Partial<typeof context> | { usageSource: string } = {}) =>
  readSubmission(parseJson(body), { ...context, ...more });
function accept(body: string, more?: { usageSource: string }): Submission {
  const result = read(body, more);
  if (result.kind === 'refused') throw new Error(stringifyJson(result.error));
  return result.submission;
}
function typeOf(body: string): unknown {
  const result = read(body);
  return result.kind === 'refused' ? result.error.get('type') : 'read';
}

describe('A23: a body that is no submission is refused, whatever it is', () => {
  test.each([
    ['{}', 'no_prompt'],
    ['[]', 'no_prompt'],
    ['null', 'invalid_prompt'],
    ['"prompt"', 'invalid_prompt'],
    ['5', 'invalid_prompt'],
    ['true', 'invalid_prompt'],
    ['{"prompt":{},"extra_data":[]}', 'invalid_extra_data'],
    ['{"prompt":{},"extra_data":5}', 'invalid_extra_data'],
    [`{"prompt":{},"client_id":"${'x'.repeat(1001)}"}`, 'invalid_client_id'],
  ])('%s: %s', (body, type) => {
    expect(typeOf(body)).toBe(type);
  });
});

describe('the number', () => {
  test.each([
    ['3', 3, '3.0'],
    ['-1.5', -1.5, '-1.5'],
    ['5.0', 5, '5.0'],
    ['"7"', 7, '7.0'],
    ['true', 1, '1.0'],
    ['18446744073709551616', 2 ** 64, '1.8446744073709552e+19'],
  ])('%s is read as %d and shown as %s', (text, number, shown) => {
    expect(accept(`{"prompt":{},"number":${text}}`).number).toBe(number);
    expect(numberText(number)).toBe(shown);
  });
  test.each(['null', '"abc"', '""', '" "', '[]', '{}', '"NaN"', '"Infinity"', '"1e999"'])(
    'A28: %s is refused',
    (text) => {
      expect(typeOf(`{"prompt":{},"number":${text}}`)).toBe('invalid_number');
    },
  );
  test('front counts only when it is exactly true', () => {
    expect(accept('{"prompt":{},"front":true}').front).toBe(true);
    expect(accept('{"prompt":{},"front":1}').front).toBe(false);
  });
});

describe('the prompt id (test_jobs 1-4, A29)', () => {
  const id = '0d9a2f5e-1c1b-4b7e-9a8c-2b1f3c4d5e6f';
  test('a canonical one is kept, none or null is made', () => {
    expect(accept(`{"prompt":{},"prompt_id":"${id}"}`).promptId).toBe(id);
    expect(accept('{"prompt":{},"prompt_id":null}').promptId).toBe('minted');
    expect(accept('{"prompt":{}}').promptId).toBe('minted');
  });
  test.each([
    [id.toUpperCase()],
    [`{${id}}`],
    [`urn:uuid:${id}`],
    [id.replaceAll('-', '')],
    [` ${id}`],
    [`${id}\n`],
    ['hello'],
    [''],
    [5],
    [[id]],
  ])('%j is refused', (given) => {
    expect(typeOf(JSON.stringify({ prompt: {}, prompt_id: given }))).toBe('invalid_prompt_id');
  });
});

describe('the client and its extra data', () => {
  test('client_id wins over the one in extra_data and is written there', () => {
    const both = accept('{"prompt":{},"client_id":"a","extra_data":{"client_id":"b"}}');
    expect([both.clientId, both.extraData.get('client_id')]).toEqual(['a', 'a']);
    expect(accept('{"prompt":{},"extra_data":{"client_id":"b"}}').clientId).toBe('b');
  });
  test.each(['""', 'null', '5', '[]'])('client_id %s is as good as none', (text) => {
    expect(accept(`{"prompt":{},"client_id":${text}}`).clientId).toBeUndefined();
  });
  test('credentials are taken out of what is stored and shown', () => {
    const { extraData, secrets } = accept(
      '{"prompt":{},"extra_data":{"auth_token_comfy_org":"t","api_key_comfy_org":"k","other":1}}',
    );
    expect(stringifyJson(extraData)).toBe('{"other":1,"create_time":1234}');
    expect(stringifyJson(secrets)).toBe('{"auth_token_comfy_org":"t","api_key_comfy_org":"k"}');
  });
  test('the usage source of the header is added when the body has none', () => {
    expect(accept('{"prompt":{}}', { usageSource: 'web' }).extraData.get('comfy_usage_source')).toBe('web');
    const own = accept('{"prompt":{},"extra_data":{"comfy_usage_source":"mine"}}', { usageSource: 'web' });
    expect(own.extraData.get('comfy_usage_source')).toBe('mine');
  });
});

test('whatever the members hold, reading answers and never throws', () => {
  const member = fc.constantFrom(
    'prompt', 'number', 'front', 'prompt_id', 'client_id', 'extra_data', 'partial_execution_targets', '__proto__',
  ); // prettier-ignore
  fc.assert(
    fc.property(fc.dictionary(member, fc.jsonValue(), { noNullPrototype: true }), (body) => {
      const result = read(JSON.stringify(body));
      expect(['read', 'refused']).toContain(result.kind);
      if (result.kind === 'read') expect(result.submission.number ?? 0).toSatisfy(Number.isFinite);
    }),
    { seed: 20_262, numRuns: 500 },
  );
});
