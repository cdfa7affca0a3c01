/** The command as people start it: the built one, in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SNUG = fileURLToPath(new URL('../bin/snug.mjs', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string[];
  readonly err: string[];
}

export class CliProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  readonly #out: string[] = [];
  readonly #err: string[] = [];
  #heard: (() => void)[] = [];

  constructor(args: readonly string[], { url = '', input = '', cwd = '' } = {}) {
    const env = { ...process.env, SNUG_URL: url, NO_COLOR: '1' };
    this.child = spawn(process.execPath, [SNUG, ...args], { env, cwd: cwd || process.cwd() });
    const listen = (stream: NodeJS.ReadableStream, lines: string[]): void => {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        for (const resolve of this.#heard.splice(0)) resolve();
      });
    };
    listen(this.child.stdout!, this.#out);
    listen(this.child.stderr!, this.#err);
    this.finished = new Promise((resolve) => {
      this.child.on('close', (code) => {
        for (const heard of this.#heard.splice(0)) heard();
        resolve({ code, out: this.#out, err: this.#err });
      });
    });
    this.child.stdin!.end(input);
  }

  /** The first line, on either output, that a pattern matches. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = [...this.#out, ...this.#err].find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`no ${String(pattern)} in ${this.#err.join('\n')}`);
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}

export function snug(
  args: readonly string[],
  options?: ConstructorParameters<typeof CliProcess>[1],
): Promise<Finished> {
  return new CliProcess(args, options).finished;
}

/** A server in a folder of its own. */
export async function startServer(folder: string): Promise<{ url: string; stop(): Promise<unknown> }> {
  const args = ['serve', '--skip-warm-up', '--port', '0', '--base-directory', folder, '--pack', 'conformance'];
  const server = new CliProcess(args);
  const ready = await server.line(/^Snug is ready: /);
  return {
    url: ready.replace('Snug is ready: ', ''),
    stop() {
      server.signal('SIGTERM');
      return server.finished;
    },
  };
}
