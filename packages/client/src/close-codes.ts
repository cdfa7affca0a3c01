/** THE table of close codes that are no reason for a plain new attempt. */

export interface CloseCode {
  readonly code: number;
  readonly reason: string;
  /** Coming back would be answered the same way, or takes the place of another client. */
  readonly isFinal: boolean;
  /** Milliseconds to stay away at least. */
  readonly waitMs: number;
}

const final = (code: number, reason: string): CloseCode => ({ code, reason, isFinal: true, waitMs: 0 });
const slow = (code: number, reason: string, waitMs: number): CloseCode => ({ code, reason, isFinal: false, waitMs });

const CODES: ReadonlyMap<number, CloseCode> = new Map(
  [
    final(4401, 'the credentials are missing or wrong'),
    final(4403, 'the credentials do not allow it'),
    // else two tabs with one id take it from each other for ever
    final(4409, 'a newer connection has the same client id'),
    slow(1008, 'a rule of the server was broken', 5000),
    slow(1013, 'the server asks to come back later', 1000),
    slow(4429, 'too many connections or messages', 5000),
  ].map((row) => [row.code, row]),
);

/** What to do about a close. Going away (1001), lost connections (1006) and all others: come back. */
export function closeCode(code: number, reason: string): CloseCode {
  return CODES.get(code) ?? { code, reason: reason || `closed with ${code}`, isFinal: false, waitMs: 0 };
}
