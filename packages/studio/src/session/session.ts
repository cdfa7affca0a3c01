/** What the page talks to: the server through the client, the workflow that is open, and what is kept in the browser. */
import { ClientError, createClient } from '@snug/client';
import type { Client, Job, JobHandle } from '@snug/client';
import { stringifyJson } from '@snug/protocol/json';
import type { NodeRuns, RunRequest } from '../canvas/index.ts';
import { readCatalogue } from '../catalogue/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { advanceControls, expandBatch, makePrompt } from '../document/index.ts';
import type { PromptMade } from '../document/index.ts';
import type { WorkflowDocument } from '../document/types.ts';
import { followJob } from './follow-job.ts';
import { createLiveMode } from './live-mode.ts';
import { createNodeRuns } from './node-runs.ts';
import { createServerFacts, oneAtATime } from './server-facts.ts';
import { EMPTY_SESSION, liveRuns, shownRunOf } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import { readKept, writeKept } from './settings.ts';
import type { Keep, Settings } from './settings.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';
import { addTrouble, troubleOf } from './troubles.ts';
import { createWireLog } from './wire-log.ts';
import type { WireLog } from './wire-log.ts';
import { createWorkspace, documentOf } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export interface Session {
  readonly client: Client;
  readonly state: Store<SessionState>;
  readonly workspace: Workspace;
  /** Undefined until the server told its nodes. */
  readonly catalogue: Store<Catalogue | undefined>;
  readonly settings: Store<Settings>;
  readonly log: WireLog;
  /** Changes with every message of the wire. */
  readonly logCount: Store<number>;
  readonly nodeRuns: NodeRuns;
  /** Reads the nodes of the server, opens the draft, follows the jobs of the page before. Resolves with whether a draft was there. */
  readonly start: () => Promise<boolean>;
  /** @param times how often; each time with the next seed */
  readonly run: (request?: RunRequest, times?: number) => Promise<void>;
  readonly setLive: (isLive: boolean) => void;
  readonly cancel: (id: string) => Promise<void>;
  /** Stops what runs and takes everything out of the queue. */
  readonly cancelAll: () => Promise<void>;
  readonly clearQueue: () => Promise<void>;
  /** Forgets ended runs; all without ids. Files stay. */
  readonly forget: (ids?: readonly string[]) => Promise<void>;
  readonly show: (runId: string) => void;
  readonly refreshCatalogue: () => Promise<void>;
  readonly notice: (message: string) => void;
  readonly dismiss: (troubleId: number) => void;
}

export interface SessionOptions {
  /** Address of the server. */
  readonly server: string;
  readonly settings: Store<Settings>;
  readonly local: Keep;
  /** Of this tab alone. */
  readonly tab: Keep;
}

const JOBS_KEY = 'snug.jobs';
const DRAFT_PAUSE_MS = 300;
const LIVE_PAUSE_MS = 120;
const RETRY_MS = 2000;
const MAX_NOTICES = 4;
const NOTICE_MS = 4000;

export function createSession({ server, settings, local, tab }: SessionOptions): Session {
  const state = createStore<SessionState>(EMPTY_SESSION, (round) => requestAnimationFrame(round));
  const catalogue = createStore<Catalogue | undefined>(undefined);
  const workspace = createWorkspace([tab, local]);
  const logCount = createStore(0, (round) => requestAnimationFrame(round));
  const log = createWireLog(
    () => performance.now(),
    () => logCount.set((count) => count + 1),
  );
  const client = createClient({ url: server, clientId: { persist: 'session' }, openSocket: log.openSocket });
  const facts = createServerFacts(client, state, (error) => tellOnce(error));
  const liveJobs = new Set<Job>();
  let noticeId = 0;
  let told: string | undefined;

  /** A server that is away would say so with every question. */
  function tellOnce(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === told) return;
    told = message;
    addTrouble(state, { kind: 'connection', message, hint: error instanceof ClientError ? error.hint : undefined });
  }

  client.connection.on('state', (connection) => {
    const before = state.get().connection;
    state.set((now) => ({ ...now, connection }));
    if (connection.phase !== 'open' || before.phase === 'open') return;
    told = undefined;
    facts.reload();
    // a server that was started anew may have other nodes
    if (catalogue.get()) refreshCatalogue();
  });

  const loadCatalogue = async (): Promise<void> => {
    const read = readCatalogue(await client.objectInfo());
    catalogue.set(() => read);
    workspace.recatalogue(read);
  };
  const refreshCatalogue = oneAtATime(loadCatalogue, tellOnce);

  /** A page may be open before its server is: it asks until it is told. */
  async function firstCatalogue(): Promise<void> {
    while (!catalogue.get()) {
      try {
        await loadCatalogue();
      } catch (error) {
        tellOnce(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  // ---- what is kept ----------------------------------------------------------------------------------------------

  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  const keepDraft = (): void => {
    clearTimeout(keepTimer);
    keepTimer = undefined;
    if (catalogue.get()) workspace.keep();
  };
  const keepJobs = (): void => {
    const shown = state.get().shownRun;
    const handles: JobHandle[] = client.jobs.map((job) => job.handle());
    if (shown !== undefined && !handles.some(({ id }) => id === shown))
      handles.unshift({ id: shown, server: client.url });
    for (const keep of [tab, local]) writeKept(keep, JOBS_KEY, JSON.stringify(handles));
  };
  workspace.store.subscribe(() => {
    live.changed();
    keepTimer ??= setTimeout(keepDraft, DRAFT_PAUSE_MS);
  });
  globalThis.addEventListener('pagehide', () => {
    keepDraft();
    keepJobs();
  });

  // ---- jobs ------------------------------------------------------------------------------------------------------

  function follow(job: Job, isRestored = false): void {
    const isIdle = !liveRuns(state.get()).length;
    void followJob({
      store: state,
      job,
      now: () => performance.now(),
      before: isIdle ? shownRunOf(state.get())?.nodes : undefined,
      isShownAtOnce: isIdle,
      onEnd(run, event) {
        liveJobs.delete(job);
        keepJobs();
        facts.refreshQueue();
        facts.refreshHistory();
        // what ended long ago may be forgotten: nobody asked for it now
        if (isRestored && event.type === 'lost') return;
        const trouble = troubleOf(run, event, documentOf(workspace.store.get()));
        if (!trouble) return;
        addTrouble(state, trouble.facts);
        workspace.setProblems(trouble.placed);
      },
    });
    keepJobs();
  }

  /** Resolves when the server has the job, or never will. */
  const accepted = (job: Job): Promise<void> =>
    new Promise((resolve) => {
      const stop = job.on('*', () => {
        if (job.state === 'preparing' || job.state === 'submitting') return;
        stop();
        resolve();
      });
    });

  const made = (document: WorkflowDocument, upTo: RunRequest['upTo']): PromptMade | undefined => {
    const known = catalogue.get();
    return known && makePrompt(document, known, { random: Math.random, upTo });
  };

  /** @returns the job, when it could be sent */
  async function submit(document: WorkflowDocument, upTo?: RunRequest['upTo']): Promise<Job | undefined> {
    const prompt = made(document, upTo);
    if (!prompt) return undefined;
    if (prompt.kind === 'refused') {
      const [first] = prompt.problems;
      workspace.setProblems(prompt.problems);
      addTrouble(state, { kind: 'refused', message: first?.message ?? '', placed: prompt.problems });
      return undefined;
    }
    const job = client.run(prompt.prompt, {
      targets: prompt.targets,
      extraData: { extra_pnginfo: { workflow: prompt.workflow } },
    });
    follow(job);
    await accepted(job);
    return job;
  }

  const advance = (): void => {
    const known = catalogue.get();
    if (known) workspace.replace(advanceControls(documentOf(workspace.store.get()), known, Math.random));
  };

  async function run({ upTo, batch }: RunRequest = {}, times = 1): Promise<void> {
    const known = catalogue.get();
    if (!known) return;
    workspace.setProblems([]);
    state.set((now) => ({ ...now, isSubmitting: true }));
    try {
      for (let time = 0; time < times; time++) {
        const documents = batch ? expandBatch(documentOf(workspace.store.get()), batch, known) : undefined;
        if (documents && 'kind' in documents) return;
        for (const document of documents ?? [undefined]) {
          const job = await submit(document ?? documentOf(workspace.store.get()), upTo);
          if (!job || job.end?.type === 'rejected') return;
        }
        advance();
      }
    } finally {
      state.set((now) => ({ ...now, isSubmitting: false }));
      facts.refreshQueue();
    }
  }

  const live = createLiveMode({
    promptText() {
      const prompt = made(documentOf(workspace.store.get()), undefined);
      return prompt?.kind === 'made' ? stringifyJson(prompt.prompt) : undefined;
    },
    async submit() {
      workspace.setProblems([]);
      const job = await submit(documentOf(workspace.store.get()));
      if (job && !job.end) liveJobs.add(job);
    },
    cancel() {
      for (const job of liveJobs) job.cancel({ allowGlobal: true }).catch(tellOnce);
    },
    wait(callback) {
      const timer = setTimeout(callback, LIVE_PAUSE_MS);
      return () => clearTimeout(timer);
    },
  });

  async function cancel(id: string): Promise<void> {
    const job = client.jobs.find((one) => one.id === id);
    if (job) await job.cancel({ allowGlobal: true });
    else if (state.get().queue.running.some((item) => item.id === id)) await client.interrupt(id);
    else await client.clearQueue([id]);
    facts.refreshQueue();
  }

  return {
    client,
    state,
    workspace,
    catalogue,
    settings,
    log,
    logCount,
    nodeRuns: createNodeRuns(state),
    async start() {
      client.connect();
      await firstCatalogue();
      const known = catalogue.get();
      const hasDraft = known !== undefined && workspace.restore(known);
      const handles = (readKept(tab, JOBS_KEY) ?? readKept(local, JOBS_KEY) ?? []) as readonly JobHandle[];
      for (const handle of handles) if (handle.server === client.url) follow(client.attach(handle), true);
      return hasDraft;
    },
    run: (request, times) => run(request, times).catch(tellOnce),
    setLive(isLive) {
      state.set((now) => ({ ...now, isLive }));
      live.turn(isLive);
    },
    cancel: (id) => cancel(id).catch(tellOnce),
    async cancelAll() {
      const { queue } = state.get();
      await client.clearQueue().catch(tellOnce);
      await Promise.all(queue.running.map(({ id }) => cancel(id).catch(tellOnce)));
    },
    async clearQueue() {
      await client.clearQueue().catch(tellOnce);
      facts.refreshQueue();
    },
    async forget(ids) {
      await client.clearHistory(ids).catch(tellOnce);
      state.set((now) => {
        const gone = ids ?? now.runs.flatMap(({ id, end }) => (end === undefined ? [] : [id]));
        return { ...now, forgotten: new Set([...now.forgotten, ...gone]) };
      });
      facts.reload();
    },
    show: (runId) => state.set((now) => ({ ...now, shownRun: runId })),
    refreshCatalogue: () => loadCatalogue().catch(tellOnce),
    notice(message) {
      const notice = { id: ++noticeId, message };
      state.set((now) => ({ ...now, notices: [...now.notices, notice].slice(-MAX_NOTICES) }));
      setTimeout(
        () => state.set((now) => ({ ...now, notices: now.notices.filter(({ id }) => id !== notice.id) })),
        NOTICE_MS,
      );
    },
    dismiss: (troubleId) =>
      state.set((now) => ({ ...now, troubles: now.troubles.filter(({ id }) => id !== troubleId) })),
  };
}
