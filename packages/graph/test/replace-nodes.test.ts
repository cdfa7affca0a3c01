import { expect, test } from 'vitest';
import { parseJson, stringifyJson } from '@snug/protocol';
import { replaceNodes } from '../src/index.ts';

const replace = (text: string, isKnown: (classType: string) => boolean = () => false): string => {
  const prompt = parseJson(text);
  const replacement = {
    oldNodeId: 'Old',
    newNodeId: 'New',
    inputs: { size: { fromInput: 'width' }, mode: { value: 'fast' } },
    outputs: { 0: 1 },
  };
  replaceNodes(prompt, [replacement], isKnown);
  return stringifyJson(prompt);
};

test('a class type that is gone becomes the new one, with its inputs renamed and its links moved', () => {
  const prompt =
    '{"1":{"class_type":"Old","inputs":{"width":5,"seed":1}},"2":{"class_type":"End","inputs":{"text":["1",0]}}}';
  expect(replace(prompt)).toBe(
    '{"1":{"class_type":"New","inputs":{"seed":1,"size":5,"mode":"fast"}},"2":{"class_type":"End","inputs":{"text":["1",1]}}}',
  );
});

test('a class type that exists stays as it is', () => {
  const prompt = '{"1":{"class_type":"Old","inputs":{"width":5}}}';
  expect(replace(prompt, (classType) => classType === 'Old')).toBe(prompt);
});

test.each(['5', 'null', '[]', '{"1":5}', '{"1":{"class_type":"Old"}}', '{"1":{"class_type":"Old","inputs":[1]}}'])(
  'hostile shape %s is left to validation',
  (text) => expect(() => replace(text)).not.toThrow(),
);
