import { expect, it } from 'vitest';
import { endedStep, queuedStep, refusedStep, startedStep } from '../src/prompts/prompt-steps.ts';
import { makeEnd } from './contracts/jobs.ts';

const times = { startTime: 1000, endTime: 2240 };
const failure = (error: object) =>
  makeEnd({ ...times, state: 'failed', summaryText: JSON.stringify({ execution_error: error }) });

it.each([
  [queuedStep('a', 0), 'Prompt a is next.'],
  [queuedStep('a', 3), 'Prompt a waits, 3 before it.'],
  [startedStep('a', 1), 'Prompt a runs.'],
  [startedStep('a', 2), 'Prompt a runs (attempt 2).'],
  [endedStep('a', makeEnd(times)), 'Prompt a is done after 1.24 s.'],
  [endedStep('a', makeEnd({ ...times, state: 'cancelled' })), 'Prompt a was interrupted after 1.24 s.'],
  [endedStep('a', makeEnd({ state: 'cancelled', startTime: undefined })), 'Prompt a was interrupted.'],
  [
    endedStep('a', failure({ node_id: '3', node_type: 'Blur', exception_message: 'too wide\n' })),
    'Prompt a failed after 1.24 s at node 3 (Blur): too wide',
  ],
  [endedStep('a', failure({ node_id: 3 })), 'Prompt a failed after 1.24 s at node  (): '],
  [refusedStep('Prompt has no outputs'), 'A prompt was refused: Prompt has no outputs'],
])('tells a step: %s', (told, line) => {
  expect(told).toBe(line);
});

it('keeps what comes from outside on one short line, and away from the terminal’s controls', () => {
  expect(startedStep('a\u001b[2Jb\r\nc\u009bd', 1)).toBe('Prompt a [2Jb c d runs.');
  expect(refusedStep('x'.repeat(1000))).toHaveLength('A prompt was refused: '.length + 200);
});
