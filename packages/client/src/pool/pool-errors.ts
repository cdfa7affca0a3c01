/** What a pool throws, or a job of it is rejected with. docs/pool.md says what to do about each. */

export const poolErrors = {
  no_match: 'No member has the tags, node classes and model files that the job needs.',
  none_available: 'No member that could take the job was there in time.',
  pool_full: 'As many jobs wait in the pool as may.',
  pool_closed: 'The pool was closed.',
  unknown_member: 'The pool has no member of that name.',
} as const satisfies Readonly<Record<string, string>>;

export type PoolErrorCode = keyof typeof poolErrors;

/** Why one member cannot take a job. */
export interface Misfit {
  readonly member: string;
  /** Tags that were required and that it does not have. */
  readonly tags: readonly string[];
  /** Classes of nodes that it does not have. */
  readonly classes: readonly string[];
  /** Model files that it does not have. */
  readonly models: readonly string[];
}

export interface PoolErrorFacts {
  readonly cause?: unknown;
  readonly misfits?: readonly Misfit[] | undefined;
}

const RETRYABLE: ReadonlySet<PoolErrorCode> = new Set(['none_available', 'pool_full']);

export class PoolError extends Error {
  readonly code: PoolErrorCode;
  /** The same thing, tried again later, can succeed. */
  readonly retryable: boolean;
  /** For `no_match`: what is missing where. */
  readonly misfits: readonly Misfit[];

  constructor(code: PoolErrorCode, message: string, { cause, misfits = [] }: PoolErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PoolError';
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.misfits = misfits;
  }
}

/** `a lacks the class X; b lacks the model y.safetensors` */
export function misfitText(misfits: readonly Misfit[]): string {
  const told = misfits.map(({ member, tags, classes, models }) => {
    const parts = [
      ...tags.map((tag) => `the tag ${tag}`),
      ...classes.map((one) => `the node class ${one}`),
      ...models.map((file) => `the model ${file}`),
    ];
    return `${member} lacks ${parts.slice(0, 5).join(', ')}${parts.length > 5 ? ` and ${parts.length - 5} more` : ''}`;
  });
  return told.join('; ');
}
