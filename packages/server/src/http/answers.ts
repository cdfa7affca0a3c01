import { Readable } from 'node:stream';
import { stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyReply } from 'fastify';

/** Answers with JSON, written losslessly. */
export function sendJson(reply: FastifyReply, value: Json, status = 200): FastifyReply {
  return sendJsonText(reply, stringifyJson(value), status);
}

/** Answers with JSON that is already text. */
export function sendJsonText(reply: FastifyReply, text: string, status = 200): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(text);
}

/** Answers with JSON text: a short one whole, with its length; a long one piece by piece, as fast as it is taken. */
export async function sendJsonPieces(reply: FastifyReply, pieces: AsyncGenerator<string, void>): Promise<unknown> {
  const first = await pieces.next();
  const second = await pieces.next();
  if (second.done) return sendJsonText(reply, first.value ?? '');
  async function* all(): AsyncGenerator<string, void> {
    yield first.value ?? '';
    yield second.value ?? '';
    yield* pieces;
  }
  return reply.header('content-type', 'application/json; charset=utf-8').send(Readable.from(all()));
}

/** Answers with a line for people. */
export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(text);
}

/** Answers with a status and an empty body. */
export function sendNothing(reply: FastifyReply, status = 200): FastifyReply {
  return reply.code(status).send();
}
