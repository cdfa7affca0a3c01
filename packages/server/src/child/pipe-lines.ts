import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A line longer than this is cut: what a node prints must not fill the memory. */
const MAX_LINE = 10_000;

/** Hands on what a stream says, line by line. */
export function pipeLines(stream: Readable, onLine: (line: string) => void): void {
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on('line', (line) => onLine(line.slice(0, MAX_LINE)));
}
