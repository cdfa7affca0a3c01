import { isatty } from 'node:tty';
import type { Output, Reporter } from './reporter.ts';
import { COLOURS, NO_COLOURS, TerminalReporter } from './terminal-reporter.ts';

/** Bars where the standard error is a terminal that can move its cursor; results go to the standard output. */
export function terminalReporter(output: Output): Reporter {
  const isTerminal = isatty(2) && process.env['TERM'] !== 'dumb';
  const terminal = {
    write: (text: string) => void process.stderr.write(text),
    get columns() {
      return process.stderr.columns || 80;
    },
    get rows() {
      return process.stderr.rows || 24;
    },
  };
  const colours = isTerminal && !process.env['NO_COLOR'] ? COLOURS : NO_COLOURS;
  return new TerminalReporter(output, isTerminal ? terminal : undefined, colours);
}
