import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isCanonicalUuid, mintUuid } from '@snug/protocol';

describe('a new id', () => {
  it('[QU4] is a version 4 UUID in the only form that servers take', () => {
    for (const byte of [0x00, 0x5a, 0xff]) {
      const id = mintUuid((bytes) => bytes.fill(byte));
      expect(isCanonicalUuid(id)).toBe(true);
      expect(id[14]).toBe('4');
      expect('89ab').toContain(id[19]);
    }
    expect(mintUuid((bytes) => bytes.fill(0))).toBe('00000000-0000-4000-8000-000000000000');
    expect(mintUuid((bytes) => bytes.fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });

  it('holds the random bytes in their order', () => {
    expect(mintUuid((bytes) => bytes.map((_, at) => at))).toBe('00010203-0405-4607-8809-0a0b0c0d0e0f');
  });

  it('is made of whatever source of randomness a place has', () => {
    const ids = Array.from({ length: 50 }, () => mintUuid((bytes) => webcrypto.getRandomValues(bytes)));
    expect(new Set(ids).size).toBe(50);
  });
});

describe('[QU4] no id', () => {
  it.each([
    ['AAAAAAAA-aaaa-4aaa-8aaa-aaaaaaaaaaaa'],
    ['aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa'],
    ['{aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa}'],
    ['aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa\n'],
    [' aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'],
    ['gaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'],
    [''],
    [123],
    [null],
    [undefined],
  ])('is %j', (value) => {
    expect(isCanonicalUuid(value)).toBe(false);
  });
});
