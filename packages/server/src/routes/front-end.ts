import type { FastifyInstance } from 'fastify';
import { wildcardPath } from '../http/request-target.ts';
import { sendStatic } from './static-files.ts';

export interface FrontEndOptions {
  /** An unpacked front end: a folder with an `index.html`. */
  readonly directory: string;
}

/** Serves a front end at `/`. Its page is never kept, so that a new version shows at once. */
export function registerFrontEnd(app: FastifyInstance, { directory }: FrontEndOptions): void {
  app.get('/', (request, reply) => {
    void reply.headers({ pragma: 'no-cache', expires: '0', 'cache-control': 'no-store, must-revalidate' });
    return sendStatic(request, reply, directory, 'index.html');
  });
  app.get('/*', (request, reply) => sendStatic(request, reply, directory, wildcardPath(request)));
}
