/** An input that a node cannot work with although its type and limits are right. */
export class BadInput extends Error {
  readonly code = 'bad_input';
  readonly input: string;
  /** The message begins with the name of the input; `problem` says what is wrong and what to do. */
  constructor(input: string, problem: string) {
    super(`${input}: ${problem}`);
    this.name = 'BadInput';
    this.input = input;
  }
}
