import { describe, expect, it } from 'vitest';
import { RequestError } from '../src/errors.ts';
import type { Http } from '../src/http.ts';
import { LookUp } from '../src/look-up.ts';
import { readHistoryEntry, readJob } from '../src/look.ts';

/** Answers by path, in the order in which they are asked for. */
function askable(answer: (path: string) => unknown, liveJobs = 1): { lookUp: LookUp; asked: string[] } {
  const asked: string[] = [];
  const json = (path: string): Promise<unknown> => {
    asked.push(path);
    const found = answer(path);
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  };
  const http = { json } as Partial<Http> as Http;
  return { lookUp: new LookUp({ http, timeoutMs: 1000, liveJobs: () => liveJobs }), asked };
}
const answered = (status: number, body: unknown): RequestError =>
  new RequestError('request_failed', 'no', { status, body });
const DONE = { status: { status_str: 'success', completed: true, messages: [] }, outputs: { 2: { text: ['x'] } } };

describe('asking about a job', () => {
  it('takes one call where the server has a route for it', async () => {
    const { lookUp, asked } = askable(() => ({ id: 'j', status: 'in_progress' }));
    expect(await lookUp.look('j', false)).toMatchObject({ kind: 'running' });
    expect(asked).toEqual(['/api/jobs/j']);
  });

  it('takes the word of such a server that it is not there', async () => {
    const { lookUp, asked } = askable(() => answered(404, { error: 'Job not found' }));
    expect(await lookUp.look('j', false)).toEqual({ kind: 'absent' });
    expect(asked).toHaveLength(1);
  });

  it.each([
    answered(404, ''),
    answered(405, ''),
    new RequestError('bad_answer', 'a page', { status: 200, body: '<html>' }),
  ])('asks others for the queue first and the history second (%s)', async (refusal) => {
    let isOver = false;
    const { lookUp, asked } = askable((path) => {
      if (path.startsWith('/api/jobs')) return refusal;
      if (path.startsWith('/history')) return isOver ? { j: DONE } : {};
      // the job ends between the two reads
      isOver = true;
      return { queue_running: [], queue_pending: [] };
    });
    expect(await lookUp.look('j', false)).toMatchObject({ kind: 'ended', record: { end: 'succeeded' } });
    expect(asked).toEqual(['/api/jobs/j', '/queue', '/history/j']);
    await lookUp.look('j', false);
    expect(asked.slice(3), 'and does not try the route again').toEqual(['/queue', '/history/j']);
  });

  it('finds its place: what runs, and lower numbers first', async () => {
    const queue = {
      queue_running: [[0, 'r', {}, {}, []]],
      queue_pending: [[7, 'b'], [-3, 'front'], [4, 'j', { 1: {} }], 'odd'],
    };
    const { lookUp } = askable((path) => (path === '/queue' ? queue : answered(404, '')));
    expect(await lookUp.look('j', false)).toEqual({ kind: 'pending', position: 2, prompt: { 1: {} } });
    expect(await lookUp.look('r', false)).toMatchObject({ kind: 'running' });
  });

  it('shares one read of the queue among many, which began after each of them asked', async () => {
    const { lookUp, asked } = askable(
      () => ({
        queue_running: [
          [0, 'a'],
          [1, 'b'],
          [2, 'c'],
        ],
        queue_pending: [],
      }),
      3,
    );
    await Promise.all(['a', 'b', 'c'].map((id) => lookUp.look(id, false)));
    expect(asked).toEqual(['/queue']);
    await lookUp.look('a', false);
    expect(asked).toHaveLength(2);
  });

  it('says when there is no answer', async () => {
    const error = answered(503, '');
    expect(await askable(() => error).lookUp.look('j', false)).toEqual({ kind: 'unreachable', error });
  });
});

describe('a record', () => {
  const status = (...messages: [string, object][]): object => ({ status_str: 'success', completed: true, messages });
  const end = (record: object): string => readHistoryEntry(record as { [key: string]: unknown }).end;

  it('ends as its messages say, since the state may be of the job before', () => {
    expect(end({ status: status(['execution_error', { exception_type: 'E' }]) })).toBe('failed');
    expect(end({ status: status(['execution_interrupted', {}]) })).toBe('canceled');
    expect(end({ status: { status_str: 'error', completed: false, messages: [['execution_success', {}]] } })).toBe(
      'succeeded',
    );
  });
  it('does not fail with a branch that was stopped', () => {
    const blocked = { exception_type: 'ExecutionBlocked' };
    expect(end({ status: status(['execution_error', blocked], ['execution_success', {}]) })).toBe('succeeded');
  });
  it('has the time between start and end, and what was known', () => {
    const messages = status(
      ['execution_start', { timestamp: 5 }],
      ['execution_cached', { nodes: ['1', 2] }],
      ['execution_success', { timestamp: 25 }],
    );
    expect(readHistoryEntry({ status: messages })).toMatchObject({ durationMs: 20, cached: ['1'] });
  });
  it.each([{}, { status: null }, { status: 5, outputs: [] }, { outputs: { 1: 'no object' } }])(
    'of odd form is read as far as it goes: %j',
    (entry) => {
      expect(readHistoryEntry(entry)).toMatchObject({ end: 'failed', cached: [] });
    },
  );
  it('of a job that was canceled is canceled', () => {
    expect(readJob({ status: 'cancelled' })).toMatchObject({ kind: 'ended', record: { end: 'canceled' } });
    expect(readJob({ status: 'failed', execution_error: { node_id: '4', exception_message: 'x' } })).toMatchObject({
      record: { end: 'failed', failure: { nodeId: '4', message: 'x' } },
    });
    expect(readJob({ status: 'odd' })).toBeUndefined();
  });
});
