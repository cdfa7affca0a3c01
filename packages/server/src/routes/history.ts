/** What has ended. */
import { pythonTruth } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import type { Broker } from '../broker/broker.ts';
import { sendJsonPieces, sendJsonText, sendNothing, sendText } from '../http/answers.ts';
import { readJsonBody } from '../http/body.ts';
import { historyPieces, historyText } from '../prompts/entries.ts';
import { readIds } from './prompt.ts';

export interface HistoryRouteOptions {
  readonly broker: Broker;
  readonly maxBodyBytes: number;
}

const WHOLE = /^-?\d{1,15}$/;

export function historyRoutes(app: FastifyInstance, { broker, maxBodyBytes }: HistoryRouteOptions): void {
  app.get<{ Querystring: { max_items?: string; offset?: string } }>('/history', async (request, reply) => {
    const { max_items: maxItems, offset } = request.query;
    for (const [name, text] of Object.entries({ max_items: maxItems, offset })) {
      if (text !== undefined && !WHOLE.test(text)) return sendText(reply, 400, `${name} must be a whole number.`);
    }
    const limit = maxItems === undefined ? undefined : Number(maxItems);
    const skip = offset === undefined || Number(offset) < 0 ? undefined : Number(offset);
    if (limit !== undefined && limit <= 0) return sendJsonText(reply, '{}');
    return sendJsonPieces(reply, historyPieces(broker.historyPages({ limit, offset: skip })));
  });

  app.get<{ Params: { promptId: string } }>('/history/:promptId', async (request, reply) => {
    const record = await broker.record(request.params.promptId);
    return sendJsonText(reply, historyText(record ? [record] : []));
  });

  app.post('/history', async (request, reply) => {
    const body = await readJsonBody(request, maxBodyBytes);
    if (body.kind === 'bad' || !(body.value instanceof Map))
      return sendText(reply, 400, 'The body must be a JSON object.');
    if (pythonTruth(body.value.get('clear'))) await broker.clearRecords();
    const ids = readIds(body.value.get('delete'));
    if (ids.length) await broker.deleteRecords(ids);
    return sendNothing(reply);
  });
}
