/** How bodies are read: as bytes, whatever their type says, up to a limit. Forms stay a stream for who wants them. */
import { STATUS_CODES } from 'node:http';
import multipart from '@fastify/multipart';
import { JsonError, parseJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendText } from './answers.ts';

export interface BodyOptions {
  /** Bytes of any body; longer ones are answered with 413. */
  readonly maxBodyBytes: number;
}

/** Thrown by readers of bodies; `limit` is in bytes. */
export class BodyTooLarge extends Error {
  readonly code = 'body_too_large';
  readonly statusCode = 413;
  readonly limit: number;
  constructor(limit: number) {
    super(`Maximum request body size ${limit} exceeded.`);
    this.name = 'BodyTooLarge';
    this.limit = limit;
  }
}

const MEDIA_TYPE = /^[^\s/;]+\/[^\s/;]+/;

/**
 * Sets an app up so that `request.body` is a Buffer for every type but `multipart/form-data`, and `undefined` for an
 * empty body. Also answers errors: 413 with the text that clients know, others with their status and no inner details.
 */
export function acceptAnyBody(app: FastifyInstance, { maxBodyBytes }: BodyOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    // scripts send types that are none; their bodies are as good as others
    const { headers } = request.raw;
    if (headers['content-type'] !== undefined && !MEDIA_TYPE.test(headers['content-type'])) {
      headers['content-type'] = 'application/octet-stream';
    }
    done();
  });
  // a file name keeps its folders, so that one that leads elsewhere can be refused
  void app.register(multipart, { preservePath: true, throwFileSizeLimit: false, limits: { fileSize: maxBodyBytes } });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, maxBodyBytes));
}

/** Answers an error that a route or a parser threw. */
export function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  maxBodyBytes: number,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status === 413) {
    const limit = error instanceof BodyTooLarge ? error.limit : maxBodyBytes;
    linger(request, reply);
    return sendText(reply, 413, new BodyTooLarge(limit).message);
  }
  if (status >= 400 && status < 500) return sendText(reply, status, `${status}: ${STATUS_CODES[status] ?? 'Error'}`);
  request.log.error({ err: error }, 'request failed');
  return sendText(reply, 500, '500 Internal Server Error\n\nServer got itself in trouble');
}

/** Milliseconds that what is still being sent is read and thrown away. */
const LINGER_MS = 2000;

/** A connection that is closed on somebody who still sends loses the answer on its way: they get some time to read it. */
function linger({ raw }: FastifyRequest, reply: FastifyReply): void {
  // otherwise the connection of a client that wants none kept ends with the answer
  void reply.header('connection', 'keep-alive');
  raw.unpipe();
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), LINGER_MS).unref();
  raw.once('end', () => clearTimeout(timer));
  raw.once('close', () => clearTimeout(timer));
}

/**
 * The bytes of a body, also of a form that is wanted as it was sent.
 * @throws {BodyTooLarge}
 */
export async function readBody(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  const { body } = request;
  if (Buffer.isBuffer(body)) {
    if (body.length > maxBytes) throw new BodyTooLarge(maxBytes);
    return body;
  }
  if (!request.isMultipart()) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new BodyTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export type JsonBody =
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'bad'; readonly problem: string };

/**
 * The body as JSON, whatever its type says.
 * @throws {BodyTooLarge}
 */
export async function readJsonBody(request: FastifyRequest, maxBytes: number): Promise<JsonBody> {
  const body = await readBody(request, maxBytes);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return { kind: 'json', value: parseJson(text) };
  } catch (error) {
    return { kind: 'bad', problem: error instanceof JsonError ? error.message : 'the text is not UTF-8' };
  }
}
