import { describe, expect, test } from 'vitest';
import { corsHeaders, refusalOf } from '../src/http/origin.ts';
import type { OriginRules, RequestFacts } from '../src/http/origin.ts';

const ask = (facts: Partial<RequestFacts>, rules: OriginRules = {}): 'pass' | 'refused' =>
  refusalOf({ host: '127.0.0.1:8188', origin: undefined, fetchSite: undefined, ...facts }, rules) === undefined
    ? 'pass'
    : 'refused';

describe('a server on a loopback address (contract 9.2)', () => {
  test.each([
    [undefined, 'pass'],
    ['http://127.0.0.1:8188', 'pass'],
    ['https://127.0.0.1:8188', 'pass'],
    ['http://127.0.0.1', 'pass'],
    ['HTTP://127.0.0.1:8188', 'pass'],
    ['http://localhost:8188', 'refused'],
    ['http://127.0.0.1:9000', 'refused'],
    ['https://evil.example', 'refused'],
    ['http://127.0.0.1:8188.evil.example', 'refused'],
    ['http://127.0.0.1:8188@evil.example', 'refused'],
    ['chrome-extension://abcdef', 'refused'],
    ['file://', 'refused'],
    ['', 'refused'],
  ])('origin %s: %s', (origin, result) => {
    expect(ask({ origin })).toBe(result);
  });

  test('a host without a port leaves ports out of the comparison', () => {
    expect(ask({ host: 'localhost', origin: 'http://localhost:3000' })).toBe('pass');
    expect(ask({ host: 'localhost', origin: 'http://127.0.0.1:3000' })).toBe('refused');
  });

  test('A2: the origin null may not ask, unlike in the reference', () => {
    expect(ask({ origin: 'null' })).toBe('refused');
  });

  test.each([
    ['cross-site', 'refused'],
    ['same-site', 'pass'],
    ['same-origin', 'pass'],
    ['none', 'pass'],
  ])('A4: Sec-Fetch-Site %s without an origin: %s', (fetchSite, result) => {
    expect(ask({ fetchSite })).toBe(result);
  });

  test('a request without a host passes only when it has no origin', () => {
    expect(ask({ host: undefined })).toBe('pass');
    expect(ask({ host: undefined, origin: 'http://127.0.0.1:8188' })).toBe('refused');
  });
});

describe('A3: names that could be made to point here', () => {
  test.each([
    ['evil.example:8188', 'refused'],
    ['evil.example', 'refused'],
    ['127.0.0.1.evil.example:8188', 'refused'],
    ['localhost.evil.example', 'refused'],
    ['notlocalhost.example', 'refused'],
    ['evil.example:8188:1', 'refused'],
    ['', 'refused'],
    ['localhost:8188', 'pass'],
    ['LOCALHOST:8188', 'pass'],
    ['app.localhost', 'pass'],
    ['[::1]:8188', 'pass'],
    ['192.168.1.20:8188', 'pass'],
    ['[fe80::1]', 'pass'],
    ['workstation:8188', 'pass'],
    ['nas.local', 'pass'],
    ['gpu.lan:8188', 'pass'],
    ['box.home.arpa', 'pass'],
    ['render.internal', 'pass'],
  ])('host %s: %s', (host, result) => {
    expect(ask({ host })).toBe(result);
    expect(ask({ host, origin: `http://${host}` })).toBe(result);
  });

  test('a name given with --host-name is known, whatever its case', () => {
    const rules = { hostNames: ['Comfy.Example.org'] };
    expect(ask({ host: 'comfy.example.org', origin: 'https://comfy.example.org' }, rules)).toBe('pass');
    expect(ask({ host: 'other.example.org' }, rules)).toBe('refused');
  });
});

describe('an allowed origin', () => {
  const rules = { allowedOrigin: 'https://app.example' };
  test.each([
    ['https://app.example', 'pass'],
    ['https://app.example.evil', 'refused'],
    ['http://app.example', 'refused'],
    ['https://other.example', 'refused'],
  ])('%s: %s', (origin, result) => {
    expect(ask({ origin, fetchSite: 'cross-site' }, rules)).toBe(result);
  });

  test('does not make a foreign host name known', () => {
    expect(ask({ host: 'evil.example', origin: 'https://app.example' }, rules)).toBe('refused');
  });

  test('* lets everybody ask', () => {
    expect(ask({ host: 'evil.example', origin: 'null', fetchSite: 'cross-site' }, { allowedOrigin: '*' })).toBe('pass');
  });

  test('A6: credentials are allowed to a named origin only, and what caches keep depends on the origin', () => {
    expect(corsHeaders('*')).not.toHaveProperty('access-control-allow-credentials');
    expect(corsHeaders('https://app.example')).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  });

  test('the headers that clients send are among those allowed', () => {
    for (const name of ['Comfy-User', 'Comfy-Usage-Source', 'Idempotency-Key', 'Last-Event-ID', 'Range'])
      expect(corsHeaders('*')['access-control-allow-headers']).toContain(name);
  });
});

describe('a refusal', () => {
  test.each([
    [{ host: 'evil.example' }, '--host-name'],
    [{ origin: 'null' }, '--enable-cors-header'],
    [{ origin: 'http://evil.example' }, '--enable-cors-header'],
    [{ fetchSite: 'cross-site' }, '--enable-cors-header'],
  ])('of %j names the flag that would allow it', (facts, flag) => {
    expect(refusalOf({ host: '127.0.0.1', origin: undefined, fetchSite: undefined, ...facts }, {})).toContain(flag);
  });

  test('A43: hostile headers cost no more than their length', () => {
    for (const text of ['a'.repeat(100_000), '['.repeat(100_000), '.'.repeat(100_000), ':1'.repeat(50_000)]) {
      ask({ host: text, origin: `http://${text}` });
      expect(ask({ origin: text })).toBe('refused');
    }
    // a pattern that backtracks runs into the limit of the test
  });
});
