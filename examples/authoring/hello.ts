import { defineNode, definePack, input, output, STRING } from '@snug/node-kit';

const hello = defineNode({
  type: 'MyHello',
  category: 'my-pack',
  inputs: { name: input.string({ default: 'world' }) },
  outputs: { text: output.of(STRING) },
  run: ({ name }) => ({ text: `Hello, ${name}!` }),
});

export default definePack({ name: 'hello', nodes: [hello] });
