/** What packs bring for front ends: scripts, example workflows, subgraphs, translations and replacements. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodePoint, realInside, walkFolder } from '@snug/executor';
import type { NodeReplacement } from '@snug/node-kit';
import { asObject, parseJson, toJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { decodeSegments, rawWildcard, wildcardPath } from '../http/request-target.ts';
import { sendStatic } from './static-files.ts';

/** The static side of a pack; folders are absolute paths. */
export interface PackStatics {
  readonly name: string;
  /** The module name on the wire. Default `custom_nodes.<name>`. */
  readonly module?: string | undefined;
  readonly web?: string | undefined;
  readonly templates?: string | undefined;
  readonly subgraphs?: string | undefined;
  readonly locales?: string | undefined;
  readonly replacements?: readonly NodeReplacement[] | undefined;
}

export interface ExtensionOptions {
  readonly packs: readonly PackStatics[];
  /** The folder of the front end, whose own scripts are in `extensions`. */
  readonly frontEnd?: string | undefined;
}

const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Translation files whose content goes under their own name; the others belong at the top of their language. */
const NAMED_LOCALES = new Set(['nodeDefs', 'commands', 'settings']);

/** Routes that exist with and without `/api`. */
export function registerExtensions(app: FastifyInstance, { packs, frontEnd }: ExtensionOptions): void {
  app.get('/extensions', async (_request, reply) => {
    const own = frontEnd === undefined ? [] : await listFiles(join(frontEnd, 'extensions'), '.js');
    const urls = own.map((file) => extensionUrl('', file));
    for (const { name, web } of packs) {
      const files = web === undefined ? [] : await listFiles(web, '.js');
      urls.push(...files.map((file) => extensionUrl(name, file)));
    }
    return sendJson(reply, urls);
  });

  app.get('/workflow_templates', async (_request, reply) => {
    const templates: JsonObject = new Map();
    for (const { name, templates: folder } of packs) {
      if (folder !== undefined) templates.set(name, (await listFiles(folder, '.json', false)).map(withoutJson));
    }
    return sendJson(reply, templates);
  });

  app.get('/i18n', async (_request, reply) => sendJson(reply, await translations(packs)));

  app.get('/global_subgraphs', async (_request, reply) => {
    const all = await subgraphs(packs);
    return sendJson(reply, new Map([...all].map(([id, { entry }]): [string, Json] => [id, entry])));
  });

  app.get('/global_subgraphs/*', async (request, reply) => {
    const found = (await subgraphs(packs)).get(wildcardPath(request) ?? '');
    const data = found && (await readText(found.root, found.path));
    return sendJson(reply, data === undefined || !found ? null : new Map([...found.entry, ['data', data]]));
  });

  app.get('/node_replacements', (_request, reply) => {
    const replacements = new Map<string, Json[]>();
    for (const replacement of packs.flatMap((pack) => pack.replacements ?? [])) {
      const { oldNodeId } = replacement;
      replacements.set(oldNodeId, [...(replacements.get(oldNodeId) ?? []), describeReplacement(replacement)]);
    }
    return sendJson(reply, replacements);
  });
}

/** Routes that exist once: files, and what is switched off. */
export function registerExtensionFiles(app: FastifyInstance, { packs, frontEnd }: ExtensionOptions): void {
  const webs = new Map(packs.map(({ name, web }) => [name, web]));
  const templates = new Map(packs.map((pack) => [pack.name, pack.templates]));

  app.get('/extensions/*', (request, reply) => {
    const [name = '', ...rest] = rawWildcard(request);
    const pack = decodeSegments([name]);
    if (pack !== undefined && webs.has(pack)) return sendStatic(request, reply, webs.get(pack), decodeSegments(rest));
    const own = frontEnd === undefined ? undefined : join(frontEnd, 'extensions');
    return sendStatic(request, reply, own, wildcardPath(request));
  });

  app.get('/api/workflow_templates/*', (request, reply) => {
    const [name = '', ...rest] = rawWildcard(request);
    return sendStatic(request, reply, templates.get(decodeSegments([name]) ?? ''), decodeSegments(rest));
  });

  app.get('/templates/index.json', (_request, reply) => sendJson(reply, []));

  const disabled: Json = new Map<string, Json>([
    ['code', 'SERVICE_DISABLED'],
    ['message', 'This server keeps no assets.'],
    ['details', new Map()],
  ]);
  for (const url of ['/api/assets', '/api/assets/*', '/api/tags']) {
    app.route({
      method: ['GET', 'POST', 'PUT', 'DELETE'],
      url,
      handler: (_request, reply) => sendJson(reply, new Map([['error', disabled]]), 503),
    });
  }
}

const extensionUrl = (pack: string, file: string): string =>
  ['/extensions', ...(pack ? [pack] : []), ...file.split('/')]
    .map((part, at) => (at ? encodeURIComponent(part) : part))
    .join('/');

const withoutJson = (name: string): string => name.slice(0, -'.json'.length);

async function listFiles(folder: string, ending: string, recurse = true): Promise<string[]> {
  const { files } = await walkFolder(folder, { recurse, maxEntries: 20_000 });
  return files.filter((file) => file.endsWith(ending)).sort(byCodePoint);
}

/** The text of a file in a folder; undefined when it leads out, is too long or cannot be read. */
async function readText(root: string, path: string): Promise<string | undefined> {
  const real = await realInside(root, path);
  if (real.kind === 'refused') return undefined;
  const size = (await stat(real.path).catch(() => undefined))?.size ?? Infinity;
  return size > MAX_JSON_BYTES ? undefined : readFile(real.path, 'utf8').catch(() => undefined);
}

async function readObject(root: string, path: string): Promise<JsonObject | undefined> {
  try {
    return asObject(parseJson((await readText(root, path)) ?? ''));
  } catch {
    return undefined;
  }
}

/** Everything under its language; of two packs that translate the same, the later one counts. */
async function translations(packs: readonly PackStatics[]): Promise<JsonObject> {
  const languages: JsonObject = new Map();
  for (const { locales } of packs) {
    if (locales === undefined) continue;
    for (const file of await listFiles(locales, '.json')) {
      const [language = '', name, ...deeper] = file.split('/');
      if (name === undefined || deeper.length) continue;
      const content = await readObject(locales, join(locales, file));
      const topic = withoutJson(name);
      if (content)
        mergeInto(languages, new Map([[language, NAMED_LOCALES.has(topic) ? new Map([[topic, content]]) : content]]));
    }
  }
  return languages;
}

/** Objects are joined, other values replaced. As deep as parsed JSON goes, which is bounded. */
function mergeInto(target: JsonObject, source: JsonObject): void {
  for (const [key, value] of source) {
    const members = asObject(value);
    const before = asObject(target.get(key));
    if (members && before) mergeInto(before, members);
    else target.set(key, value);
  }
}

interface Subgraph {
  readonly root: string;
  readonly path: string;
  readonly entry: JsonObject;
}

async function subgraphs(packs: readonly PackStatics[]): Promise<Map<string, Subgraph>> {
  const found = new Map<string, Subgraph>();
  for (const { name: pack, module, subgraphs: root } of packs) {
    for (const file of root === undefined ? [] : await listFiles(root, '.json', false)) {
      const id = createHash('sha256').update(`${pack}/${file}`).digest('hex');
      const entry = new Map<string, Json>([
        ['source', 'custom_node'],
        ['name', withoutJson(file)],
        ['info', new Map([['node_pack', module ?? `custom_nodes.${pack}`]])],
      ]);
      found.set(id, { root: root ?? '', path: join(root ?? '', file), entry });
    }
  }
  return found;
}

function describeReplacement({ oldNodeId, newNodeId, inputs, outputs }: NodeReplacement): Json {
  const inputMapping = Object.entries(inputs ?? {}).map(([id, source]): Json => {
    const from: [string, Json] =
      'fromInput' in source ? ['old_id', source.fromInput] : ['set_value', toJson(source.value)];
    return new Map<string, Json>([['new_id', id], from]);
  });
  const outputMapping = Object.entries(outputs ?? {}).map(
    ([old, position]): Json =>
      new Map([
        ['new_idx', position],
        ['old_idx', Number(old)],
      ]),
  );
  return new Map<string, Json>([
    ['new_node_id', newNodeId],
    ['old_node_id', oldNodeId],
    ['old_widget_ids', null],
    ['input_mapping', inputs ? inputMapping : null],
    ['output_mapping', outputs ? outputMapping : null],
  ]);
}
