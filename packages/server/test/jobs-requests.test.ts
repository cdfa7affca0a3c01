/** The list of jobs over HTTP: its query, its order, and cancelling. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Broker, JobState } from '../src/broker/broker.ts';
import type { SnugServer } from '../src/create-server.ts';
import { createBareServer } from './fixtures/bare-server.ts';
import type { BareServer } from './fixtures/bare-server.ts';

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

let bare: BareServer;
let broker: Broker;
let server: SnugServer;
beforeEach(async () => {
  bare = await createBareServer();
  ({ broker, server } = bare);
});
afterEach(() => bare.close());

async function queue(number: number, more: { createTime?: number; workflowId?: string } = {}): Promise<void> {
  await broker.enqueue({
    promptId: id(number),
    number,
    numberText: `${number}`,
    promptText: '{}',
    extraDataText: '{}',
    secretsText: '{}',
    targets: ['1'],
    clientId: undefined,
    workflowId: more.workflowId,
    createTime: more.createTime ?? number,
  });
}
async function endJob(
  number: number,
  {
    state = 'completed',
    duration = 0,
    ...more
  }: { state?: JobState; duration?: number; createTime?: number; workflowId?: string } = {},
): Promise<void> {
  await queue(number, more);
  await broker.claim();
  const end = { outputsText: '{}', metaText: '{}', statusText: '{}', summaryText: '{"outputs_count":0}' };
  await broker.finish(id(number), { ...end, state, startTime: 1000, endTime: 1000 + duration });
}

interface Listed {
  jobs: { id: string; status: string }[];
  pagination: { offset: number; limit: number | null; total: number; has_more: boolean };
  error?: string;
}
async function list(query = ''): Promise<Listed & { statusCode: number }> {
  const { statusCode, body } = await server.app.inject(`/api/jobs${query}`);
  return { statusCode, ...(JSON.parse(body) as Listed) };
}
const numbers = ({ jobs }: Listed): number[] => jobs.map((job) => Number(job.id.slice(-12)));
async function cancel(path: string, payload?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const answer = await server.app.inject({
    method: 'POST',
    url: path,
    ...(text === undefined ? {} : { payload: text }),
  });
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

describe('the list', () => {
  test('42-45: by creation or by duration, either way; a job without a time counts as 0', async () => {
    await endJob(1, { duration: 30 });
    await endJob(2, { duration: 10 });
    await endJob(3, { duration: 20, createTime: 0 });
    await queue(4);
    expect(numbers(await list())).toEqual([4, 2, 1, 3]);
    expect(numbers(await list('?sort_order=asc'))).toEqual([3, 1, 2, 4]);
    expect(numbers(await list('?sort_by=execution_duration'))).toEqual([1, 3, 2, 4]);
    expect(numbers(await list('?sort_by=execution_duration&sort_order=asc'))).toEqual([4, 2, 3, 1]);
  });

  test('equal ones keep their order: running, waiting, ended', async () => {
    await endJob(1, { createTime: 5 });
    await queue(2, { createTime: 5 });
    await queue(3, { createTime: 5 });
    await broker.claim();
    expect((await list()).jobs.map(({ status }) => status)).toEqual(['in_progress', 'pending', 'completed']);
  });

  test('of some states, in any case, or of one workflow', async () => {
    await endJob(1, { state: 'failed', workflowId: 'w' });
    await endJob(2, { state: 'cancelled' });
    await queue(3, { workflowId: 'w' });
    expect(numbers(await list('?status=FAILED,%20pending'))).toEqual([3, 1]);
    expect(numbers(await list('?workflow_id=w'))).toEqual([3, 1]);
    expect(numbers(await list('?workflow_id=__proto__'))).toEqual([]);
    expect(numbers(await list('?status='))).toEqual([3, 2, 1]);
  });

  test('a page at a time', async () => {
    for (let at = 1; at <= 5; at++) await queue(at);
    expect(await list('?limit=2&offset=1')).toMatchObject({
      jobs: [{ id: id(4) }, { id: id(3) }],
      pagination: { offset: 1, limit: 2, total: 5, has_more: true },
    });
    expect((await list('?limit=2&offset=3')).pagination.has_more).toBe(false);
    expect((await list('?offset=-5')).pagination).toEqual({ offset: 0, limit: null, total: 5, has_more: false });
    expect(await list('?offset=99')).toMatchObject({ jobs: [], pagination: { total: 5, has_more: false } });
  });

  test.each([
    [
      '?status=x,failed',
      'Invalid status value(s): x. Valid values: pending, in_progress, completed, failed, cancelled',
    ],
    ['?sort_by=x', "sort_by must be 'created_at' or 'execution_duration'"],
    ['?sort_order=x', "sort_order must be 'asc' or 'desc'"],
    ['?limit=0', 'limit must be a positive integer'],
    ['?limit=-1', 'limit must be a positive integer'],
    ['?limit=1e9', 'limit must be an integer'],
    ['?limit=', 'limit must be an integer'],
    ['?offset=x', 'offset must be an integer'],
  ])('A44: %s is answered with 400 and the reason', async (query, error) => {
    expect(await list(query)).toMatchObject({ statusCode: 400, error });
  });
});

describe('one job', () => {
  test('is found wherever it is; an unknown one gets 404', async () => {
    await endJob(1);
    await queue(2);
    await queue(3);
    await broker.claim();
    const status = async (number: number): Promise<unknown> =>
      (JSON.parse((await server.app.inject(`/api/jobs/${id(number)}`)).body) as Record<string, unknown>)['status'];
    expect([await status(1), await status(2), await status(3)]).toEqual(['completed', 'in_progress', 'pending']);
    const unknown = await server.app.inject('/api/jobs/__proto__');
    expect([unknown.statusCode, unknown.body]).toEqual([404, '{"error":"Job not found"}']);
  });
});

describe('cancelling (jobs_cancel 9-22)', () => {
  test('a running one is interrupted, a waiting one taken out, others are left alone', async () => {
    await endJob(1);
    await queue(2);
    await queue(3);
    await server.queue.start();
    const run = await bare.runner.next();
    expect(await cancel(`/api/jobs/${id(1)}/cancel`)).toEqual({ status: 200, body: { cancelled: false } });
    expect(await cancel(`/api/jobs/unknown/cancel`)).toEqual({ status: 200, body: { cancelled: false } });
    expect(await cancel(`/api/jobs/${id(3)}/cancel`)).toEqual({ status: 200, body: { cancelled: true } });
    expect(await broker.pending()).toEqual([]);
    expect(run.control.signal.aborted).toBe(false);
    expect(await cancel(`/api/jobs/${id(2)}/cancel`)).toEqual({ status: 200, body: { cancelled: true } });
    expect(run.control.signal.aborted).toBe(true);
  });

  test('several at once: true when any of them was cancelled', async () => {
    await endJob(1);
    await queue(2);
    await queue(3);
    expect((await cancel('/api/jobs/cancel', { job_ids: [id(1), id(9)] })).body).toEqual({ cancelled: false });
    expect((await cancel('/api/jobs/cancel', { job_ids: [id(1), id(2), id(3)] })).body).toEqual({ cancelled: true });
    expect((await cancel('/api/jobs/cancel', { job_ids: [] })).body).toEqual({ cancelled: false });
    expect(await broker.pending()).toEqual([]);
  });

  test.each([
    ['{', { error: 'Request body must be valid JSON' }],
    ['', { error: 'Request body must be valid JSON' }],
    [{}, { error: 'job_ids must be a list' }],
    [[], { error: 'job_ids must be a list' }],
    [{ job_ids: id(2) }, { error: 'job_ids must be a list' }],
    [{ job_ids: [id(2), 'x', 5, [1]] }, { error: 'job_ids contains invalid id(s)', invalid_ids: ['x', '5', '[1]'] }],
    [{ job_ids: [id(2).replace('8', 'A')] }, { error: 'job_ids contains invalid id(s)' }],
    [{ job_ids: Array(10_001).fill(id(2)) }, { error: 'job_ids may hold at most 10000 ids' }],
  ])('case %#: a request that is not right is refused before anything is cancelled', async (payload, body) => {
    await queue(2);
    const answer = await cancel('/api/jobs/cancel', payload);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject(body);
    expect(await broker.pending()).toHaveLength(1);
  });
});
