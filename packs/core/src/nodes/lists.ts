import { defineNode, input, output } from '@snug/node-kit';

const createList = defineNode({
  type: 'CreateList',
  displayName: 'Create List',
  category: 'utilities',
  description: 'Makes one list of several values or lists, in the order of the inputs.',
  searchAliases: ['join lists', 'merge lists', 'array', 'batch'],
  form: 'schema',
  takesLists: true,
  inputs: { inputs: input.autogrow(input.match('type', { exact: true }), { prefix: 'input', min: 1, max: 10 }) },
  outputs: { list: output.matchList('type') },
  run({ inputs }) {
    // here the dynamic input is one object of lists, although its type says a list of objects
    return { list: Object.values(inputs).flat() };
  },
});

export const listNodes = [createList];
