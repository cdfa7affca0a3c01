/** Lines at the bottom of a terminal that are redrawn in place. */

export interface Terminal {
  write(text: string): void;
  /** Width now: the window may be resized. */
  readonly columns: number;
  readonly rows: number;
}

/** Milliseconds between two drawings. */
const INTERVAL_MS = 50;
const UP = (lines: number): string => (lines ? `\u001b[${lines}A` : '');
const CLEAR_TO_END = '\u001b[0J';
const CLEAR_LINE = '\u001b[K';

export class LiveLines {
  readonly #terminal: Terminal;
  readonly #lines: (columns: number) => string[];
  readonly #now: () => number;
  #drawn = 0;
  #drawnAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #text = '';

  /** @param lines gives the lines, each of at most so many columns */
  constructor(terminal: Terminal, lines: (columns: number) => string[], now = (): number => performance.now()) {
    this.#terminal = terminal;
    this.#lines = lines;
    this.#now = now;
  }

  /** Draws soon: at most 20 times a second, and never an older state last. */
  refresh(): void {
    if (this.#timer) return;
    const due = Math.max(0, this.#drawnAt + INTERVAL_MS - this.#now());
    this.#timer = setTimeout(() => this.#draw(), due);
  }

  /** Lets lines be written that stay, above those that are redrawn. */
  above(write: () => void): void {
    if (this.#drawn) this.#terminal.write(`${UP(this.#drawn)}\r${CLEAR_TO_END}`);
    this.#drawn = 0;
    this.#text = '';
    write();
    this.#draw();
  }

  /** Takes the lines away. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#drawn) this.#terminal.write(`${UP(this.#drawn)}\r${CLEAR_TO_END}`);
    this.#drawn = 0;
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAt = this.#now();
    // the last column stays free: some terminals wrap when it is written
    const lines = this.#lines(Math.max(10, this.#terminal.columns - 1)).slice(0, Math.max(1, this.#terminal.rows - 1));
    const text = lines.map((line) => `\r${line}${CLEAR_LINE}\n`).join('');
    if (text === this.#text && lines.length === this.#drawn) return;
    // one write, over what is there: nothing is blank in between
    this.#terminal.write(`${UP(this.#drawn)}${text}${lines.length < this.#drawn ? CLEAR_TO_END : ''}`);
    this.#drawn = lines.length;
    this.#text = text;
  }
}
