/** The list of jobs, and cancelling them. */
import { asObject, isCanonicalUuid, stringifyJson } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import type { Broker } from '../broker/broker.ts';
import { sendJsonText } from '../http/answers.ts';
import { readJsonBody } from '../http/body.ts';
import { jobPage } from '../jobs/job-list.ts';
import type { JobListQuery } from '../jobs/job-list.ts';
import { endedJobDetail, JOB_STATUSES, jobText, liveJobDetail } from '../jobs/job-view.ts';
import type { JobStatus } from '../jobs/job-view.ts';
import type { PromptQueue } from '../prompts/prompt-queue.ts';

export interface JobsRouteOptions {
  readonly broker: Broker;
  readonly queue: PromptQueue;
  readonly maxBodyBytes: number;
}

type QueryStrings = Readonly<Record<string, string | undefined>>;

const WHOLE = /^[+-]?\d{1,15}$/;
/** Ids in one request to cancel. */
const MAX_CANCELLED = 10_000;

/** The query, or what is wrong with it. */
function readQuery(query: QueryStrings): JobListQuery | string {
  const asked = query['status']
    ?.split(',')
    .map((one) => one.trim().toLowerCase())
    .filter(Boolean);
  const unknown = asked?.filter((status) => !(JOB_STATUSES as readonly string[]).includes(status)) ?? [];
  if (unknown.length) return `Invalid status value(s): ${unknown.join(', ')}. Valid values: ${JOB_STATUSES.join(', ')}`;
  const by = query['sort_by'] ?? 'created_at';
  if (by !== 'created_at' && by !== 'execution_duration') return "sort_by must be 'created_at' or 'execution_duration'";
  const order = query['sort_order'] ?? 'desc';
  if (order !== 'asc' && order !== 'desc') return "sort_order must be 'asc' or 'desc'";
  const { limit, offset = '0' } = query;
  if (limit !== undefined && !WHOLE.test(limit)) return 'limit must be an integer';
  if (limit !== undefined && Number(limit) <= 0) return 'limit must be a positive integer';
  if (!WHOLE.test(offset)) return 'offset must be an integer';
  return {
    statuses: asked?.length ? (asked as JobStatus[]) : JOB_STATUSES,
    workflowId: query['workflow_id'] || undefined,
    by: by === 'created_at' ? 'createTime' : 'duration',
    descending: order === 'desc',
    limit: limit === undefined ? undefined : Number(limit),
    offset: Math.max(0, Number(offset)),
  };
}

/** Registered where bare paths are `/jobs`; the reference answers them under `/api` alone. */
export function jobsRoutes(app: FastifyInstance, { broker, queue, maxBodyBytes }: JobsRouteOptions): void {
  app.get<{ Querystring: QueryStrings }>('/jobs', async (request, reply) => {
    const query = readQuery(request.query);
    if (typeof query === 'string') return sendJsonText(reply, JSON.stringify({ error: query }), 400);
    const { page, total } = await jobPage(broker, query);
    const { limit = null, offset } = query;
    const pagination = { offset, limit, total, has_more: offset + page.length < total };
    return sendJsonText(reply, `{"jobs":[${page.map(jobText).join(',')}],"pagination":${JSON.stringify(pagination)}}`);
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const { id } = request.params;
    // the queue first: a prompt that ends in between is then found in the records
    const live = await broker.job(id);
    const record = await broker.record(id);
    if (record) return sendJsonText(reply, endedJobDetail(record));
    if (live) return sendJsonText(reply, liveJobDetail(live, live.isRunning ? 'in_progress' : 'pending'));
    return sendJsonText(reply, '{"error":"Job not found"}', 404);
  });

  app.post<{ Params: { id: string } }>('/jobs/:id/cancel', async (request, reply) =>
    sendJsonText(reply, JSON.stringify({ cancelled: await queue.cancel(request.params.id) })),
  );

  app.post('/jobs/cancel', async (request, reply) => {
    const refuse = (error: string, more: object = {}): unknown =>
      sendJsonText(reply, JSON.stringify({ error, ...more }), 400);
    const body = await readJsonBody(request, maxBodyBytes);
    if (body.kind === 'bad') return refuse('Request body must be valid JSON');
    const ids = asObject(body.value)?.get('job_ids');
    if (!Array.isArray(ids)) return refuse('job_ids must be a list');
    if (ids.length > MAX_CANCELLED) return refuse(`job_ids may hold at most ${MAX_CANCELLED} ids`);
    const invalid = ids.filter((id) => !isCanonicalUuid(id));
    if (invalid.length)
      return refuse('job_ids contains invalid id(s)', {
        invalid_ids: invalid.map((id) => (typeof id === 'string' ? id : stringifyJson(id))),
      });
    let cancelled = false;
    for (const id of ids) cancelled = (await queue.cancel(id as string)) || cancelled;
    return sendJsonText(reply, JSON.stringify({ cancelled }));
  });
}
