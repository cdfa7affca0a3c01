/** What becomes of each prompt, a line a step: for people who watch the server. */
import { plainText } from '@snug/protocol';
import type { JobEnd } from '../broker/broker.ts';

/** Characters of what came from outside. */
const MAX_TEXT = 200;

export function queuedStep(promptId: string, before: number): string {
  return before ? `Prompt ${plain(promptId)} waits, ${before} before it.` : `Prompt ${plain(promptId)} is next.`;
}

export function startedStep(promptId: string, attempts: number): string {
  return `Prompt ${plain(promptId)} runs${attempts > 1 ? ` (attempt ${attempts})` : ''}.`;
}

export function endedStep(
  promptId: string,
  end: Pick<JobEnd, 'state' | 'startTime' | 'endTime' | 'summaryText'>,
): string {
  const prompt = `Prompt ${plain(promptId)}`;
  const { state, startTime, endTime } = end;
  const took =
    startTime === undefined || endTime === undefined ? '' : ` after ${((endTime - startTime) / 1000).toFixed(2)} s`;
  if (state === 'completed') return `${prompt} is done${took}.`;
  if (state === 'cancelled') return `${prompt} was interrupted${took}.`;
  const { execution_error: error } = JSON.parse(end.summaryText) as { execution_error?: Record<string, unknown> };
  const [id, type, message] = [error?.['node_id'], error?.['node_type'], error?.['exception_message']].map(plain);
  return `${prompt} failed${took} at node ${id} (${type}): ${message}`;
}

export function refusedStep(message: unknown): string {
  return `A prompt was refused: ${plain(message)}`;
}

function plain(text: unknown): string {
  return typeof text === 'string' ? plainText(text).slice(0, MAX_TEXT) : '';
}
