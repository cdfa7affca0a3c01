/** Lists of model files, and the pictures beside them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { modelExtensions, realInside } from '@snug/executor';
import type { Folders, ModelFiles } from '@snug/executor';
import { float } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import { sendJson, sendNothing } from '../http/answers.ts';
import { encodePreview, pixelStatus } from '../http/pixels.ts';
import { decodeSegments, rawWildcard, wildcardPath } from '../http/request-target.ts';

export interface ModelOptions {
  readonly folders: Folders;
  readonly models: ModelFiles;
}

/** Kinds that are no models for a model browser. */
const NOT_MODELS = new Set(['configs', 'custom_nodes']);
const PICTURES = ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.avif'];
const PREVIEW_QUALITY = 90;

export function registerModels(app: FastifyInstance, { folders, models }: ModelOptions): void {
  app.get('/embeddings', async (_request, reply) => {
    const names = (await models.list('embeddings')).map(({ name }) => name);
    return sendJson(
      reply,
      names.map((name) => name.slice(0, name.length - extname(name).length)),
    );
  });

  app.get('/models', (_request, reply) => sendJson(reply, [...folders.models.keys()]));

  app.get('/models/*', async (request, reply) => {
    const kind = wildcardPath(request) ?? '';
    if (!folders.models.has(kind)) return sendNothing(reply, 404);
    return sendJson(
      reply,
      (await models.list(kind)).map(({ name }) => name),
    );
  });

  app.get('/experiment/models', (_request, reply) => {
    const kinds = [...folders.models].filter(([kind]) => !NOT_MODELS.has(kind));
    const described = kinds.map(
      ([kind, roots]): Json =>
        new Map<string, Json>([
          ['name', kind],
          ['folders', [...roots]],
          ['extensions', [...modelExtensions(kind)]],
        ]),
    );
    return sendJson(reply, described);
  });

  app.get('/experiment/models/*', async (request, reply) => {
    const segments = rawWildcard(request);
    if (segments[0] === 'preview' && segments.length >= 4) {
      const [, kind = '', index = '', ...name] = segments;
      return preview(decodeSegments([kind]) ?? '', index, decodeSegments(name) ?? '');
    }
    const kind = decodeSegments(segments) ?? '';
    if (!folders.models.has(kind) || NOT_MODELS.has(kind)) return sendNothing(reply, 404);
    const listed = await Promise.all(
      (await models.list(kind)).map(async ({ name, pathIndex, path }): Promise<Json> => {
        const stats = await stat(path).catch(() => undefined);
        return new Map<string, Json>([
          ['name', name],
          ['pathIndex', pathIndex],
          ['modified', float((stats?.mtimeMs ?? 0) / 1000)],
          ['created', float((stats?.birthtimeMs ?? 0) / 1000)],
          ['size', stats?.size ?? 0],
        ]);
      }),
    );
    return sendJson(reply, listed);

    async function preview(of: string, index: string, name: string) {
      const roots = folders.models.get(of);
      if (!roots || !/^\d{1,4}$/.test(index)) return sendNothing(reply, roots ? 400 : 404);
      const model = await models.resolve(of, name, Number(index));
      const picture = model === undefined ? undefined : await pictureBeside(model, [...folders.models.values()].flat());
      if (picture === undefined) return sendNothing(reply, 404);
      const encoded = await encodePreview(picture, { format: 'webp', quality: PREVIEW_QUALITY, alpha: true });
      if (encoded.kind === 'refused') return sendNothing(reply, pixelStatus(encoded.problem));
      return reply.header('content-type', 'image/webp').send(encoded.value);
    }
  });
}

/** A picture with the name of the model: `model.png`, or `model.preview.png`. */
async function pictureBeside(model: string, roots: readonly string[]): Promise<string | undefined> {
  const stem = basename(model, extname(model));
  const names = new Set(await readdir(dirname(model)).catch(() => []));
  for (const middle of ['.preview', '']) {
    for (const extension of PICTURES) {
      const name = `${stem}${middle}${extension}`;
      if (!names.has(name)) continue;
      const real = await realInside(roots, join(dirname(model), name));
      if (real.kind === 'inside') return real.path;
    }
  }
  return undefined;
}
