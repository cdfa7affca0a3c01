/** Submitting, interrupting, and the queue. */
import { problem } from '@snug/graph';
import type { Problem } from '@snug/graph';
import { asObject, pythonTruth, stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Broker } from '../broker/broker.ts';
import { sendJsonPieces, sendJsonText, sendNothing, sendText } from '../http/answers.ts';
import { readJsonBody } from '../http/body.ts';
import { acceptPrompt } from '../prompts/accept-prompt.ts';
import type { AcceptContext } from '../prompts/accept-prompt.ts';
import { queuePieces } from '../prompts/entries.ts';
import type { PromptQueue } from '../prompts/prompt-queue.ts';
import { refusedStep } from '../prompts/prompt-steps.ts';
import { readSubmission } from '../prompts/submission.ts';

export interface PromptRouteOptions extends AcceptContext {
  readonly queue: PromptQueue;
  readonly broker: Broker;
  readonly newId: () => string;
  readonly now: () => number;
  readonly maxBodyBytes: number;
  /** Forgets cached results. */
  readonly free: () => void;
  readonly onStep?: ((line: string) => void) | undefined;
}

export function promptRoutes(app: FastifyInstance, options: PromptRouteOptions): void {
  const { queue, broker, newId, now, maxBodyBytes, free, onStep } = options;

  app.get('/prompt', (_request, reply) => sendJsonText(reply, `{"exec_info":{"queue_remaining":${queue.remaining}}}`));

  app.post('/prompt', async (request, reply) => {
    const refuse = (status: number, error: Problem, nodeErrors: Json = new Map()): unknown => {
      onStep?.(refusedStep(error.get('message')));
      const answer = new Map<string, Json>([
        ['error', error],
        ['node_errors', nodeErrors],
      ]);
      return sendJsonText(reply, stringifyJson(answer), status);
    };
    const body = await readJsonBody(request, maxBodyBytes);
    if (body.kind === 'bad') return refuse(400, problem('invalid_json', 'The body is not JSON', body.problem));
    const usageSource = header(request, 'comfy-usage-source');
    const read = readSubmission(body.value, { newId, now, usageSource });
    if (read.kind === 'refused') return refuse(400, read.error);
    const accepted = await acceptPrompt(read.submission, options);
    if (accepted.kind === 'refused') return refuse(accepted.status, accepted.error, accepted.nodeErrors);
    const { promptId, numberText, nodeErrors } = accepted;
    return sendJsonText(
      reply,
      `{"prompt_id":${JSON.stringify(promptId)},"number":${numberText},"node_errors":${stringifyJson(nodeErrors)}}`,
    );
  });

  app.get('/queue', (_request, reply) => sendJsonPieces(reply, queuePieces(broker.queuePages())));

  app.post('/queue', async (request, reply) => {
    const body = await readJsonBody(request, maxBodyBytes);
    if (body.kind === 'bad' || !(body.value instanceof Map))
      return sendText(reply, 400, 'The body must be a JSON object.');
    if (pythonTruth(body.value.get('clear'))) await queue.clear();
    const ids = readIds(body.value.get('delete'));
    if (ids.length) await queue.remove(ids);
    return sendNothing(reply);
  });

  app.post('/interrupt', async (request, reply) => {
    const body = await readJsonBody(request, maxBodyBytes);
    const promptId = body.kind === 'json' ? asObject(body.value)?.get('prompt_id') : undefined;
    queue.interrupt(typeof promptId === 'string' && promptId !== '' ? promptId : undefined);
    return sendNothing(reply);
  });

  app.post('/free', async (request, reply) => {
    const body = await readJsonBody(request, maxBodyBytes);
    if (body.kind === 'bad' || !(body.value instanceof Map))
      return sendText(reply, 400, 'The body must be a JSON object.');
    if (pythonTruth(body.value.get('free_memory')) || pythonTruth(body.value.get('unload_models'))) free();
    return sendNothing(reply);
  });
}

export function readIds(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
