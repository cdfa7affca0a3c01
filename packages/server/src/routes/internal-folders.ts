/** `/internal/folder_paths` and `/internal/files/*`, which only front ends ask for. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodePoint, walkFolder } from '@snug/executor';
import type { Folders } from '@snug/executor';
import type { Json } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { wildcardPath } from '../http/request-target.ts';

export function registerInternalFolders(app: FastifyInstance, { folders }: { readonly folders: Folders }): void {
  app.get('/internal/folder_paths', (_request, reply) =>
    sendJson(
      reply,
      new Map<string, Json>([
        ...[...folders.models].map(([kind, roots]): [string, Json] => [kind, [...roots]]),
        // ours: where a program on the same machine finds what a prompt wrote
        ...(['input', 'output', 'temp'] as const).map((type): [string, Json] => [type, [folders[type]]]),
      ]),
    ),
  );

  app.get('/internal/files/*', async (request, reply) => {
    const type = wildcardPath(request);
    if (type !== 'input' && type !== 'output' && type !== 'temp') {
      return sendJson(reply, new Map([['error', 'Invalid directory type']]), 400);
    }
    const folder = folders[type];
    const { files } = await walkFolder(folder, { recurse: false });
    const visible = files.filter((name) => !name.startsWith('.'));
    const dated = await Promise.all(
      visible.map(async (name) => {
        const stats = await stat(join(folder, name)).catch(() => undefined);
        return { name, time: stats?.mtimeMs ?? 0 };
      }),
    );
    dated.sort((a, b) => b.time - a.time || byCodePoint(a.name, b.name));
    return sendJson(
      reply,
      dated.map(({ name }) => name),
    );
  });
}
