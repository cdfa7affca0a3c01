export type PatternProblem = 'bad_pattern' | 'unsupported_pattern' | 'pattern_timeout' | 'bad_replacement';

/**
 * A pattern or replacement that cannot be used. `bad_pattern` is no regular expression at all; `unsupported_pattern` is
 * one, but asks for what this server cannot do.
 */
export class PatternError extends Error {
  readonly code: PatternProblem;
  constructor(code: PatternProblem, problem: string) {
    super(problem);
    this.name = 'PatternError';
    this.code = code;
  }
}

export function badPattern(problem: string, at: number): PatternError {
  return new PatternError('bad_pattern', `${problem} at position ${at} of the pattern`);
}

export function unsupportedPattern(what: string, at: number): PatternError {
  return new PatternError('unsupported_pattern', `${what} at position ${at} of the pattern: not supported here`);
}
