const SHORT = /^#?([\da-f])([\da-f])([\da-f])$/i;
const LONG = /^#?([\da-f]{6})$/i;

/** `#rrggbb` in lower case; undefined for what is no colour. */
export function readColour(text: string): string | undefined {
  const trimmed = text.trim();
  const doubled = SHORT.exec(trimmed)
    ?.slice(1)
    .flatMap((digit) => [digit, digit]);
  const digits = LONG.exec(trimmed)?.[1] ?? doubled?.join('');
  return digits === undefined ? undefined : `#${digits.toLowerCase()}`;
}
