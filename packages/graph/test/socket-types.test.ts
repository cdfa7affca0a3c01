import { describe, expect, it } from 'vitest';
import { typesConnect } from '../src/index.ts';

describe('[validate_node_input_test] types of sockets', () => {
  it('exact_match and exact_union: equal texts connect', () => {
    expect(typesConnect('STRING', 'STRING')).toBe(true);
    expect(typesConnect('STRING,INT', 'STRING,INT')).toBe(true);
    expect(typesConnect('STRING', 'INT')).toBe(false);
  });

  it('permuted_union: the order of members does not matter', () => {
    expect(typesConnect('STRING,INT', 'INT,STRING')).toBe(true);
  });

  it('strict: not offered, the executor of the reference never asks for it', () => {
    // what would be no subset connects, because one member is common
    expect(typesConnect('STRING,BOOLEAN', 'STRING,INT')).toBe(true);
  });

  it('non_strict: one common member is enough, none is not', () => {
    expect(typesConnect('STRING,INT', 'INT,FLOAT')).toBe(true);
    expect(typesConnect('STRING,INT', 'FLOAT,BOOLEAN')).toBe(false);
  });

  it('whitespace around members is ignored', () => {
    expect(typesConnect('STRING, INT', ' INT ,FLOAT')).toBe(true);
  });

  it('empty_strings: nothing connects to nothing alone', () => {
    expect(typesConnect('', '')).toBe(true);
    expect(typesConnect('STRING', '')).toBe(false);
    expect(typesConnect('', 'STRING')).toBe(false);
  });

  it('single_vs_multiple: a member connects to its union, both ways', () => {
    expect(typesConnect('STRING', 'STRING,INT')).toBe(true);
    expect(typesConnect('STRING,INT', 'STRING')).toBe(true);
    expect(typesConnect('FLOAT', 'STRING,INT')).toBe(false);
  });

  it('non_string: lists of choices connect to equal lists', () => {
    const choices = ['a', 'b'];
    expect(typesConnect(choices, choices)).toBe(true);
    expect(typesConnect(choices, ['a', 'b'])).toBe(true);
    expect(typesConnect(choices, ['b', 'a'])).toBe(false);
    expect(typesConnect(choices, 'STRING')).toBe(false);
    expect(typesConnect('COMBO', choices)).toBe(false);
    expect(typesConnect(choices, 'COMBO')).toBe(true);
  });

  it('not_equal_override as a wildcard: * connects to everything, also to lists, and inside unions', () => {
    expect(typesConnect('*', 'STRING')).toBe(true);
    expect(typesConnect('STRING', '*')).toBe(true);
    expect(typesConnect('*', ['a'])).toBe(true);
    expect(typesConnect(['a'], '*')).toBe(true);
    expect(typesConnect('*', '')).toBe(true);
    expect(typesConnect('STRING,*', 'INT')).toBe(true);
    expect(typesConnect('INT', 'FLOAT, *')).toBe(true);
  });

  it('not_equal_override as a rule of its own: that is a node’s own validation here; match templates take all', () => {
    expect(typesConnect('COMFY_MATCHTYPE_V3', 'IMAGE')).toBe(true);
    expect(typesConnect(['a'], 'COMFY_MATCHTYPE_V3')).toBe(true);
  });

  it.each([
    ['STRING', 'STRING', true],
    ['STRING,INT', 'STRING,INT', true],
    ['STRING', 'STRING,INT', true],
    ['STRING,INT', 'STRING', true],
    ['FLOAT', 'STRING,INT', false],
    ['STRING', 'INT', false],
    ['string', 'STRING', false],
  ])('parametrised: %s into %s is %s', (received, declared, connects) => {
    expect(typesConnect(received, declared)).toBe(connects);
  });
});
