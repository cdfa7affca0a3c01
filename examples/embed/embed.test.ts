/** The program as a person starts it. Needs the build. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('embed.mjs', import.meta.url));

function start(...flags: string[]): { program: ChildProcess; output: () => string; listening: Promise<string> } {
  const program = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void program.kill('SIGKILL'));
  let output = '';
  const listening = new Promise<string>((resolve, reject) => {
    program.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const address = /Listening at (\S+)\n/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
    program.once('close', () => reject(new Error(`The program ended:\n${output}`)));
  });
  listening.catch(() => {});
  return { program, output: () => output, listening };
}

test('a program with the server inside runs a prompt and ends by itself', async () => {
  const { program, output } = start();
  const [code] = (await once(program, 'close')) as [number | null];
  expect(output()).toMatch(/^Listening at http:\/\/127\.0\.0\.1:\d+\nsuccess Hello, Ada! You are visitor 1\.\n$/);
  expect(code).toBe(0);
});

test('it serves clients from outside until it is told to stop', async () => {
  const { program, listening } = start('--stay');
  const address = await listening;
  const nodes = (await (await fetch(`${address}/object_info`)).json()) as object;
  expect(Object.keys(nodes)).toEqual(['Greet']);
  const closed = once(program, 'close');
  program.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
});
