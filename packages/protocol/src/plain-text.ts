// oxlint-disable-next-line no-control-regex -- these are the characters that must not reach a terminal
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text from a workflow or a server on one line, without what would steer a terminal. */
export function plainText(text: string): string {
  return text.replace(CONTROL, ' ').trim();
}
