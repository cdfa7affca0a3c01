/** Puts the server together: queue, sessions, history, files and routes around a runner. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { createModelFiles } from '@snug/executor';
import type { Folders } from '@snug/executor';
import type { Broker } from './broker/broker.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import { sendNothing, sendText } from './http/answers.ts';
import { acceptAnyBody } from './http/body.ts';
import { corsHeaders, refusalOf } from './http/origin.ts';
import type { OriginRules } from './http/origin.ts';
import { createListener } from './http/listener.ts';
import type { TlsFiles } from './http/listener.ts';
import { hostWebSockets } from './http/web-socket-host.ts';
import { PromptQueue } from './prompts/prompt-queue.ts';
import { historyRoutes } from './routes/history.ts';
import * as routes from './routes/index.ts';
import { features, infoRoutes } from './routes/info.ts';
import { jobsRoutes } from './routes/jobs.ts';
import { landingRoute } from './routes/landing.ts';
import { promptRoutes } from './routes/prompt.ts';
import { studioRoutes } from './routes/studio.ts';
import type { Runner } from './runner/runner.ts';
import type { OutboxLimits } from './sessions/outbox.ts';
import { Sessions } from './sessions/sessions.ts';

export interface ServerOptions {
  readonly broker: Broker;
  readonly catalogue: Catalogue;
  readonly runner: Runner;
  /** Leaves those three open when the server closes: they were lent to it. Default: they are closed with it. */
  readonly keepsParts?: boolean | undefined;
  readonly folders: Folders;
  readonly version: string;
  /** Bytes of any request body. Default 100 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Shown with the other features. */
  readonly features?: Readonly<Record<string, unknown>> | undefined;
  /** An unpacked front end to serve at `/`. */
  readonly frontEnd?: string | undefined;
  /** The built page of `@snug/studio`, served at `/` where no other front end is. Without either, a page says how to go on. */
  readonly studio?: string | undefined;
  readonly multiUser?: boolean | undefined;
  readonly origins?: OriginRules | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly maxConnections?: number | undefined;
  readonly maxNodes?: number | undefined;
  readonly outbox?: Partial<OutboxLimits> | undefined;
  /** How uploads are compared. Default `sha256`. */
  readonly uploadHash?: string | undefined;
  readonly availableMemory: () => number;
  readonly logs?: routes.LogRing | undefined;
  /** Hears what becomes of each prompt, a line a step: it waits, runs, ends, or is refused. Default: nobody. */
  readonly onStep?: ((line: string) => void) | undefined;
  readonly onFault?: ((message: string, error: unknown) => void) | undefined;
}

export interface SnugServer {
  /** Listens on each host; resolves with the addresses as URLs. Port 0 takes a free one, the same for all. */
  listen(options: { hosts: readonly string[]; port: number }): Promise<readonly string[]>;
  /** Stops: sockets are closed with 1001, the running prompt goes back into the queue. */
  close(): Promise<void>;
  /** For tests: routes without a socket. */
  readonly app: FastifyInstance;
  readonly queue: PromptQueue;
  readonly sessions: Sessions;
}

const MIB = 1024 * 1024;
/** Close code of a server that goes away. */
const GOING_AWAY = 1001;

export function createServer(options: ServerOptions): SnugServer {
  const { broker, catalogue, runner, keepsParts = false } = options;
  const { maxBodyBytes = 100 * MIB, origins = {}, logs = new routes.LogRing() } = options;
  const featuresText = JSON.stringify(features(maxBodyBytes, options.features));
  const onFault = options.onFault ?? ((message) => logs.add(`${message}\n`));

  const sessions: Sessions = new Sessions({
    newId: () => randomUUID().replaceAll('-', ''),
    featuresText: () => featuresText,
    queueRemaining: () => queue.remaining,
    currentNodeOf: (clientId) => queue.currentNodeOf(clientId),
    limits: options.outbox,
    now: () => performance.now(),
  });
  const queue: PromptQueue = new PromptQueue({
    broker,
    runner,
    recipients: sessions,
    now: Date.now,
    onFault,
    onStep: options.onStep,
    onLog: (line) => logs.add(`${line}\n`),
  });

  const app = createApp(maxBodyBytes);
  const refuse = (request: IncomingMessage): string | undefined => {
    const { host, origin, 'sec-fetch-site': fetchSite } = request.headers;
    return refusalOf({ host, origin, fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined }, origins);
  };
  guard(app, refuse, origins);
  registerRoutes(app, { ...options, maxBodyBytes, featuresText, logs, queue, sessions });
  const sockets = hostWebSockets({ sessions, refusalOf: refuse, maxConnections: options.maxConnections });
  const listener = createListener(app, options.tls, (server) => sockets.attach(server));

  return {
    app,
    queue,
    sessions,
    async listen({ hosts, port }) {
      // first the port: a server that cannot have it must not begin with a prompt
      const addresses = await listener.listen(hosts, port);
      await queue.start();
      return addresses;
    },
    async close() {
      const stopped = queue.stop();
      sessions.close(GOING_AWAY, 'the server stops');
      sockets.close();
      if (!keepsParts) await runner.close();
      await stopped;
      await listener.close();
      await app.close();
      if (keepsParts) return;
      await catalogue.close();
      await broker.close();
    },
  };
}

function createApp(bodyLimit: number): FastifyInstance {
  const app = Fastify({
    bodyLimit,
    logger: false,
    routerOptions: { maxParamLength: 8192 },
    // an address that cannot be decoded is not repeated to whoever sent it
    frameworkErrors: (_error, _request, reply) => void sendText(reply, 400, '400: Bad Request'),
  });
  acceptAnyBody(app, { maxBodyBytes: bodyLimit });
  return app;
}

/** The one gate: every request passes it before its route is looked at. */
function guard(
  app: FastifyInstance,
  refuse: (request: IncomingMessage) => string | undefined,
  { allowedOrigin }: OriginRules,
): void {
  const headers = allowedOrigin === undefined ? {} : corsHeaders(allowedOrigin);
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refuse(request.raw);
    if (refusal !== undefined) return sendText(reply, 403, refusal);
    reply.headers(headers);
    return request.method === 'OPTIONS' ? sendNothing(reply) : undefined;
  });
}

interface RouteContext extends ServerOptions {
  readonly maxBodyBytes: number;
  readonly featuresText: string;
  readonly logs: routes.LogRing;
  readonly queue: PromptQueue;
  readonly sessions: Sessions;
}

function registerRoutes(app: FastifyInstance, context: RouteContext): void {
  const {
    broker,
    catalogue,
    runner,
    folders,
    queue,
    sessions,
    logs,
    maxBodyBytes,
    featuresText,
    version,
    availableMemory,
    frontEnd,
    studio,
  } = context;
  const users = routes.createUsers({ directory: folders.user, multiUser: context.multiUser ?? false });
  const models = createModelFiles(folders);
  const extensions = { packs: catalogue.packs, frontEnd };

  // every route exists twice, with and without `/api`
  for (const prefix of ['', '/api']) {
    void app.register(
      async (scope) => {
        promptRoutes(scope, {
          queue,
          broker,
          catalogue,
          maxBodyBytes,
          maxNodes: context.maxNodes,
          newId: randomUUID,
          now: Date.now,
          free: () => runner.free(),
          onStep: context.onStep,
        });
        historyRoutes(scope, { broker, maxBodyBytes });
        infoRoutes(scope, { catalogue, featuresText, version, availableMemory });
        routes.registerView(scope, { folders, models });
        routes.registerUploads(scope, { folders, maxBodyBytes, hash: context.uploadHash });
        routes.registerUserdata(scope, { users, maxBodyBytes });
        routes.registerSettings(scope, { users, broker });
        routes.registerUsers(scope, { users });
        routes.registerModels(scope, { folders, models });
        routes.registerExtensions(scope, extensions);
      },
      { prefix },
    );
  }
  // as in the reference: under /api, and by its habit of doubling everything under /api/api
  for (const prefix of ['/api', '/api/api']) {
    void app.register(async (scope) => jobsRoutes(scope, { broker, queue, maxBodyBytes }), { prefix });
  }
  routes.registerExtensionFiles(app, extensions);
  routes.registerLogs(app, { logs, subscribe: logSubscriptions(logs, sessions) });
  routes.registerInternalFolders(app, { folders });
  app.setNotFoundHandler((request, reply) =>
    sendNothing(reply, request.method === 'GET' || request.method === 'HEAD' ? 404 : 405),
  );
  if (frontEnd !== undefined) routes.registerFrontEnd(app, { directory: frontEnd });
  else if (studio !== undefined) studioRoutes(app, { directory: studio });
  else landingRoute(app, { version, nodeCount: () => catalogue.size });
}

/** Lets clients follow the log; one that is gone is forgotten at the next line. */
function logSubscriptions(logs: routes.LogRing, sessions: Sessions): (clientId: string, enabled: boolean) => void {
  const followers = new Set<string>();
  logs.onEntry((entry) => {
    if (!followers.size) return;
    const dataText = JSON.stringify({ entries: [entry], size: null });
    for (const clientId of followers) {
      if (sessions.isConnected(clientId)) sessions.tellLogs(clientId, dataText);
      else followers.delete(clientId);
    }
  });
  return (clientId, enabled) => {
    if (enabled && sessions.isConnected(clientId)) followers.add(clientId);
    else followers.delete(clientId);
  };
}
