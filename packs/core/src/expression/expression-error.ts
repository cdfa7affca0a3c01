/** An expression that has no value: malformed, too large, or not defined for its operands. */
export class ExpressionError extends Error {
  readonly code = 'bad_expression';
  constructor(problem: string) {
    super(problem);
    this.name = 'ExpressionError';
  }
}
