import { plainText } from '@snug/protocol';
import { barLine } from './bar.ts';
import { plainLines } from './columns.ts';
import { LiveLines } from './live-lines.ts';
import type { Terminal } from './live-lines.ts';
import type { Refusal, RunEvent } from './prompt-host.ts';
import { refusalLine } from './refusals.ts';
import type { Ended, Output, Reporter, RunView } from './reporter.ts';

/** More bars than this at a time are counted only. */
const MAX_BARS = 8;
/** The time that is left goes on while nothing happens. */
const TICK_MS = 250;

export interface Colours {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain = (text: string): string => text;
export const NO_COLOURS: Colours = { good: plain, bad: plain, dim: plain };
const paint =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[39m`;
export const COLOURS: Colours = { good: paint(32), bad: paint(31), dim: paint(90) };

/** For a person: bars that move where the terminal can, else a line at each new node. */
export class TerminalReporter implements Reporter {
  readonly #output: Output;
  readonly #colours: Colours;
  readonly #live: LiveLines | undefined;
  readonly #runs = new Set<RunView>();
  #ticks: NodeJS.Timeout | undefined;

  /** @param terminal where bars are drawn; undefined where they cannot be */
  constructor(output: Output, terminal: Terminal | undefined, colours: Colours) {
    this.#output = output;
    this.#colours = colours;
    if (terminal) {
      this.#live = new LiveLines(terminal, (columns) => this.#bars(columns));
      this.#ticks = setInterval(() => this.#live?.refresh(), TICK_MS);
    }
  }

  begin(run: RunView): void {
    this.#runs.add(run);
    this.#live?.refresh();
  }

  event(run: RunView, event: RunEvent): void {
    const { progress } = run;
    if (event.type === 'warning') this.note(`${run.name}: ${event.message}`);
    if (this.#live) this.#live.refresh();
    else if (event.type === 'node-started') {
      const count = `${Math.min(progress.finished + 1, progress.total)}/${progress.total}`;
      this.note(`${run.name}: ${count} ${run.label(event.node)}`);
    }
  }

  ended(run: RunView, { end, files, texts, seconds }: Ended): void {
    this.#runs.delete(run);
    const { good, bad } = this.#colours;
    const name = plainText(run.name);
    const lines: string[] = [];
    switch (end.kind) {
      case 'done':
        lines.push(`${good(`${name} is done`)} (${seconds.toFixed(1)} s)`);
        if (end.refusals.length) lines.push(bad(`Some of its outputs were refused:`), ...refusalLines(end.refusals));
        break;
      case 'failed': {
        const at = end.node ? ` at node ${end.node} "${run.label(end.node)}" (${end.classType})` : '';
        lines.push(bad(plainLines(`${name} failed${at}: ${end.reason}`)));
        break;
      }
      case 'refused':
        lines.push(bad(`${name} was refused:`), ...refusalLines(end.refusals));
        break;
      case 'cancelled':
        lines.push(bad(`${name} was cancelled.`));
        break;
      case 'lost':
        lines.push(bad(plainText(`${name}: it is not known how it ended, for ${end.reason}.`)));
        break;
    }
    this.#above(() => {
      for (const line of lines) this.#output.say(line);
      for (const { text } of texts) this.#output.result(plainLines(text));
      for (const { path } of files) this.#output.result(plainText(path));
    });
  }

  unreadable(_name: string, reason: string): void {
    this.#above(() => this.#output.say(this.#colours.bad(plainText(reason))));
  }

  trouble(name: string | undefined, reason: string): void {
    this.unreadable('', name === undefined ? reason : `${name}: ${reason}`);
  }

  note(text: string): void {
    this.#above(() => this.#output.say(this.#colours.dim(plainText(text))));
  }

  close(): void {
    clearInterval(this.#ticks);
    this.#live?.close();
  }

  #above(write: () => void): void {
    if (this.#live) this.#live.above(write);
    else write();
  }

  #bars(columns: number): string[] {
    const runs = [...this.#runs];
    const running = runs.filter(({ progress }) => progress.hasStarted);
    const shown = [...running, ...runs.filter((run) => !running.includes(run)).slice(0, 1)].slice(0, MAX_BARS);
    const lines = shown.map((run) => this.#bar(run, columns));
    if (runs.length > shown.length) lines.push(this.#colours.dim(`and ${runs.length - shown.length} more`));
    return lines;
  }

  #bar({ name, label, progress }: RunView, columns: number): string {
    const { current, share, steps } = progress;
    const view = {
      name: plainText(name),
      share,
      label: current === undefined ? (progress.hasStarted ? 'starting' : 'waiting') : plainText(label(current)),
      steps,
      secondsLeft: progress.secondsLeft(performance.now()),
    };
    return barLine(view, columns, this.#colours.good);
  }
}

function refusalLines(refusals: readonly Refusal[]): string[] {
  return refusals.map((refusal) => `  ${plainText(refusalLine(refusal))}`);
}
