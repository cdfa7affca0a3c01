/**
 * THE table of HTTP routes: every path that a server answers, with what it takes and what it may answer. In a path,
 * `{id}` is one segment and `{file*}` is the rest.
 */
import * as v from 'valibot';
import { anyObject } from './record-schema.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a reply holds. `problem` is the object of a refused prompt; `file` is bytes with ranges and validators. */
export type ReplyKind = 'json' | 'text' | 'problem' | 'nothing' | 'file' | 'picture' | 'socket';

export interface RouteSpec {
  readonly methods: readonly Method[];
  readonly path: string;
  /** What the path is found behind: `['', '/api']` for most. */
  readonly prefixes: readonly string[];
  readonly query: readonly string[];
  /** The JSON that a body holds, or `form` for `multipart/form-data`, or `bytes`; undefined when none is read. */
  readonly body: v.GenericSchema | 'form' | 'bytes' | undefined;
  /** By status. A refusal by origin (403), a body that is too large (413) and faults (500) are in no row. */
  readonly replies: Readonly<Record<number, ReplyKind>>;
  /** Answered by the handler of this path, which is wider. */
  readonly within: string | undefined;
  readonly rules: readonly string[];
}

interface RouteFacts {
  readonly prefixes?: readonly string[];
  readonly query?: readonly string[];
  readonly body?: RouteSpec['body'];
  readonly replies?: Readonly<Record<number, ReplyKind>>;
  readonly within?: string;
}

const TWINS = ['', '/api'] as const;
/** The jobs are under `/api` already, and everything there has a twin under `/api` again. */
const JOBS = ['/api', '/api/api'] as const;
const ONCE = [''] as const;

const JSON_ONLY = { 200: 'json' } as const;
const DONE = { 200: 'nothing', 400: 'text' } as const;
const FILE = { 200: 'file', 206: 'file', 304: 'nothing', 404: 'nothing', 412: 'nothing', 416: 'nothing' } as const;

function route(methods: Method | readonly Method[], path: string, rules: readonly string[], facts: RouteFacts = {}) {
  const { prefixes = TWINS, query = [], body, replies = JSON_ONLY, within } = facts;
  return {
    methods: typeof methods === 'string' ? [methods] : methods,
    path,
    prefixes,
    query,
    body,
    replies,
    within,
    rules,
  } satisfies RouteSpec;
}

const ids = v.optional(v.array(v.string()));
const flag = v.optional(v.unknown());

/** The body of `POST /prompt`. The prompt itself is looked at by validation, which tells everything at once. */
export const promptBody = v.looseObject({
  prompt: v.unknown(),
  client_id: v.optional(v.string()),
  prompt_id: v.nullish(v.string()),
  number: v.optional(v.number()),
  front: v.optional(v.boolean()),
  extra_data: v.nullish(anyObject),
  partial_execution_targets: v.nullish(v.array(v.string())),
});
/** The body of `POST /queue` and `POST /history`: first `clear`, then `delete`. */
export const clearBody = v.looseObject({ clear: flag, delete: ids });
export const interruptBody = v.looseObject({ prompt_id: v.optional(v.string()) });
export const freeBody = v.looseObject({ unload_models: flag, free_memory: flag });
export const cancelBody = v.looseObject({ job_ids: v.array(v.string()) });
export const subscribeBody = v.looseObject({ clientId: v.string(), enabled: v.boolean() });
export const userBody = v.looseObject({ username: v.string() });

const USERDATA_STORED = { 200: 'json', 400: 'text', 403: 'nothing', 409: 'text', 507: 'nothing' } as const;
const REFUSED_USER = { 401: 'text' } as const;
const STORE_QUERY = ['overwrite', 'full_info'] as const;

export const routes = {
  socket: route('GET', '/ws', ['SE1', 'SE2', 'SE3'], {
    query: ['clientId'],
    replies: { 101: 'socket', 400: 'text', 403: 'text', 404: 'text', 503: 'text' },
  }),

  queueLength: route('GET', '/prompt', ['QU1']),
  submitPrompt: route('POST', '/prompt', ['QU2', 'QU3', 'QU4', 'VA1'], {
    body: promptBody,
    replies: { 200: 'json', 400: 'problem', 409: 'problem', 503: 'problem', 507: 'problem' },
  }),
  queue: route('GET', '/queue', ['QU12', 'QU13']),
  changeQueue: route('POST', '/queue', ['QU14', 'QU15'], { body: clearBody, replies: DONE }),
  interrupt: route('POST', '/interrupt', ['QU16', 'QU17'], { body: interruptBody, replies: { 200: 'nothing' } }),
  free: route('POST', '/free', ['QU18'], { body: freeBody, replies: DONE }),
  history: route('GET', '/history', ['QU22', 'QU23'], {
    query: ['max_items', 'offset'],
    replies: { 200: 'json', 400: 'text' },
  }),
  historyEntry: route('GET', '/history/{promptId}', ['QU24']),
  changeHistory: route('POST', '/history', ['QU25'], { body: clearBody, replies: DONE }),

  jobs: route('GET', '/jobs', ['QU29', 'QU30'], {
    prefixes: JOBS,
    query: ['status', 'workflow_id', 'sort_by', 'sort_order', 'limit', 'offset'],
    replies: { 200: 'json', 400: 'json' },
  }),
  job: route('GET', '/jobs/{id}', ['QU31'], { prefixes: JOBS, replies: { 200: 'json', 404: 'json' } }),
  cancelJob: route('POST', '/jobs/{id}/cancel', ['QU33'], { prefixes: JOBS }),
  cancelJobs: route('POST', '/jobs/cancel', ['QU34'], {
    prefixes: JOBS,
    body: cancelBody,
    replies: { 200: 'json', 400: 'json' },
  }),

  objectInfo: route('GET', '/object_info', ['OI1']),
  objectInfoEntry: route('GET', '/object_info/{classType}', ['OI2']),
  features: route('GET', '/features', ['HT11']),
  systemStats: route('GET', '/system_stats', ['HT12']),

  view: route('GET', '/view', ['FI1', 'FI2', 'FI3', 'FI4', 'FI5', 'FI6', 'FI7'], {
    query: ['filename', 'type', 'subfolder', 'preview', 'channel'],
    replies: { ...FILE, 400: 'nothing', 403: 'nothing', 415: 'nothing', 422: 'nothing', 503: 'nothing' },
  }),
  viewMetadata: route('GET', '/view_metadata/{folder*}', ['FI8'], {
    query: ['filename'],
    replies: { 200: 'json', 404: 'nothing' },
  }),
  uploadImage: route('POST', '/upload/image', ['FI9', 'FI10', 'FI11'], {
    body: 'form',
    replies: { 200: 'json', 400: 'nothing', 409: 'nothing', 507: 'nothing' },
  }),
  uploadMask: route('POST', '/upload/mask', ['FI12'], {
    body: 'form',
    replies: {
      200: 'json',
      400: 'nothing',
      409: 'nothing',
      415: 'nothing',
      422: 'nothing',
      503: 'nothing',
      507: 'nothing',
    },
  }),

  listUserdata: route('GET', '/userdata', ['FI14'], {
    query: ['dir', 'recurse', 'full_info', 'split'],
    replies: { 200: 'json', 400: 'text', 403: 'text', 404: 'text' },
  }),
  treeOfUserdata: route('GET', '/v2/userdata', ['FI15'], {
    query: ['path'],
    replies: { 200: 'json', 400: 'text', 403: 'text', 404: 'text' },
  }),
  readUserdata: route('GET', '/userdata/{file*}', ['FI13', 'FI16'], { replies: { ...FILE, 403: 'nothing' } }),
  writeUserdata: route('POST', '/userdata/{file*}', ['FI13', 'FI17'], {
    query: STORE_QUERY,
    body: 'bytes',
    replies: USERDATA_STORED,
  }),
  moveUserdata: route('POST', '/userdata/{file*}/move/{dest*}', ['FI18'], {
    query: STORE_QUERY,
    replies: { ...USERDATA_STORED, 404: 'nothing' },
    within: '/userdata/{file*}',
  }),
  deleteUserdata: route('DELETE', '/userdata/{file*}', ['FI13', 'FI19'], {
    replies: { 204: 'nothing', 403: 'nothing', 404: 'nothing' },
  }),

  settings: route('GET', '/settings', ['FI20'], { replies: { 200: 'json', ...REFUSED_USER } }),
  setting: route('GET', '/settings/{id*}', ['FI20'], { replies: { 200: 'json', ...REFUSED_USER } }),
  changeSettings: route('POST', '/settings', ['FI21'], { body: anyObject, replies: { ...DONE, ...REFUSED_USER } }),
  changeSetting: route('POST', '/settings/{id*}', ['FI21'], {
    body: v.unknown(),
    replies: { ...DONE, ...REFUSED_USER },
  }),
  users: route('GET', '/users', ['FI22']),
  addUser: route('POST', '/users', ['FI22'], { body: userBody, replies: { 200: 'json', 400: 'json' } }),

  embeddings: route('GET', '/embeddings', ['FI23']),
  modelFolders: route('GET', '/models', ['FI23']),
  models: route('GET', '/models/{folder*}', ['FI23'], { replies: { 200: 'json', 404: 'nothing' } }),
  modelKinds: route('GET', '/experiment/models', ['FI23']),
  modelFiles: route('GET', '/experiment/models/{folder*}', ['FI23'], { replies: { 200: 'json', 404: 'nothing' } }),
  modelPreview: route('GET', '/experiment/models/preview/{folder}/{pathIndex}/{filename*}', ['FI23'], {
    replies: { 200: 'picture', 400: 'nothing', 404: 'nothing', 415: 'nothing', 422: 'nothing', 503: 'nothing' },
    within: '/experiment/models/{folder*}',
  }),

  extensions: route('GET', '/extensions', ['FI24']),
  extensionFile: route('GET', '/extensions/{pack}/{file*}', ['FI25'], {
    prefixes: ONCE,
    replies: FILE,
    within: '/extensions/{path*}',
  }),
  frontEndExtension: route('GET', '/extensions/{path*}', ['FI25'], { prefixes: ONCE, replies: FILE }),
  workflowTemplates: route('GET', '/workflow_templates', ['FI24']),
  workflowTemplate: route('GET', '/workflow_templates/{path*}', ['FI25'], { prefixes: ['/api'], replies: FILE }),
  templateIndex: route('GET', '/templates/index.json', ['FI24'], { prefixes: ONCE }),
  translations: route('GET', '/i18n', ['FI24']),
  subgraphs: route('GET', '/global_subgraphs', ['FI24']),
  subgraph: route('GET', '/global_subgraphs/{id*}', ['FI24']),
  nodeReplacements: route('GET', '/node_replacements', ['FI24']),

  assets: route(['GET', 'POST', 'PUT', 'DELETE'], '/assets', ['FI26'], {
    prefixes: ['/api'],
    replies: { 503: 'json' },
  }),
  asset: route(['GET', 'POST', 'PUT', 'DELETE'], '/assets/{path*}', ['FI26'], {
    prefixes: ['/api'],
    replies: { 503: 'json' },
  }),
  tags: route(['GET', 'POST', 'PUT', 'DELETE'], '/tags', ['FI26'], { prefixes: ['/api'], replies: { 503: 'json' } }),

  logs: route('GET', '/internal/logs', ['HT13'], { prefixes: ONCE }),
  rawLogs: route('GET', '/internal/logs/raw', ['HT13'], { prefixes: ONCE }),
  followLogs: route('PATCH', '/internal/logs/subscribe', ['HT14'], {
    prefixes: ONCE,
    body: subscribeBody,
    replies: DONE,
  }),
  folderPaths: route('GET', '/internal/folder_paths', ['HT15'], { prefixes: ONCE }),
  folderFiles: route('GET', '/internal/files/{type*}', ['HT15'], {
    prefixes: ONCE,
    replies: { 200: 'json', 400: 'json' },
  }),

  /** Only where a front end is served. */
  page: route('GET', '/', ['FI27'], { prefixes: ONCE, replies: FILE }),
  pageFile: route('GET', '/{path*}', ['FI27'], { prefixes: ONCE, replies: FILE }),
} as const satisfies Readonly<Record<string, RouteSpec>>;

export type RouteName = keyof typeof routes;

/** Every path of a route with its prefixes, in the form of the table. */
export function routePaths({ path, prefixes }: Pick<RouteSpec, 'path' | 'prefixes'>): string[] {
  return prefixes.map((prefix) => prefix + path);
}
