/** A format that cannot be followed: malformed, or not fit for the value. The message says which part and why. */
export class FormatError extends Error {
  readonly code = 'bad_format';
  constructor(problem: string) {
    super(problem);
    this.name = 'FormatError';
  }
}
