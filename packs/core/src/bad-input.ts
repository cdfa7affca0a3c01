/** A value that a node cannot work with. `input` is the name of the input, which the message names, too. */
export class BadInput extends Error {
  readonly code = 'bad_input';
  readonly input: string;
  constructor(input: string, problem: string) {
    super(`${input}: ${problem}`);
    this.name = 'BadInput';
    this.input = input;
  }
}
