/** A run as it is shown, made of what its job tells. Pure: the clock and the addresses of pictures are inputs. */
import { ExecutionError, ValidationError } from '@snug/client';
import type { JobEnd, JobEndEvent, JobEvent, JobResult, JobState, JobWarning, Problem } from '@snug/client';
import { WAITING } from './run-node.ts';
import type { RunNode } from './run-node.ts';

/** By the id that a node has in the prompt. */
export type RunNodes = ReadonlyMap<string, RunNode>;

export interface RunView {
  readonly id: string;
  readonly state: JobState;
  /** Jobs that run first, where it is known. */
  readonly position: number | undefined;
  /** Of the whole run, 0 to 1. */
  readonly share: number;
  /** Milliseconds; undefined until there is evidence. */
  readonly remainingMs: number | undefined;
  readonly nodes: RunNodes;
  /** The node that the run waits for, or that took longest. */
  readonly criticalNode: string | undefined;
  readonly titles: ReadonlyMap<string, string>;
  readonly submittedAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly end: JobEnd | undefined;
  readonly error: unknown;
  readonly problems: readonly Problem[];
  readonly warnings: readonly JobWarning[];
  readonly result: JobResult | undefined;
}

/** @param outputs what nodes left in the run before: it stays until something new comes */
export function newRun(id: string, now: number, before?: RunNodes): RunView {
  const kept = [...(before ?? [])].flatMap(([node, { outputs }]) =>
    outputs.length ? [[node, { ...WAITING, outputs }] as const] : [],
  );
  return {
    id,
    state: 'preparing',
    position: undefined,
    share: 0,
    remainingMs: undefined,
    nodes: new Map(kept),
    criticalNode: undefined,
    titles: new Map(),
    submittedAt: now,
    startedAt: undefined,
    endedAt: undefined,
    end: undefined,
    error: undefined,
    problems: [],
    warnings: [],
    result: undefined,
  };
}

export interface Moment {
  readonly now: number;
  /** Makes an address of a picture. */
  readonly urlOf: (blob: Blob) => string;
}

export function withEvent(run: RunView, event: JobEvent, { now, urlOf }: Moment): RunView {
  switch (event.type) {
    case 'queued':
      return run.state === 'running' ? run : { ...run, state: 'queued', position: event.position ?? run.position };
    case 'started':
      return { ...run, state: 'running', position: undefined, startedAt: run.startedAt ?? now };
    case 'cached':
      return withNodes(run, event.nodes, () => ({ state: 'cached' }));
    case 'node': {
      const { id, title } = event.node;
      const named: RunView = { ...run, titles: new Map(run.titles).set(id, title) };
      return withCritical(
        withNodes(named, [id], (node) => (event.state === 'running' ? begun(node, now) : finished(node, now))),
        now,
      );
    }
    case 'progress': {
      const { share, remainingMs, node, steps } = event;
      const told: RunView = { ...run, share, remainingMs };
      return node && steps ? withNodes(told, [node.id], () => ({ steps })) : told;
    }
    case 'preview':
      if (event.nodeId === undefined) return run;
      return withNodes(run, [event.nodeId], () => ({ previewUrl: urlOf(event.blob) }));
    case 'text':
      return withNodes(run, [event.nodeId], () => ({ text: event.text }));
    case 'output': {
      const { output } = event;
      return withNodes(run, [output.nodeId], ({ outputs, outputsFrom }) => ({
        outputs: outputsFrom === run.id ? [...outputs, output] : [output],
        outputsFrom: run.id,
      }));
    }
    case 'warning':
      return { ...run, warnings: [...run.warnings, event.warning] };
    case 'custom':
      return run;
    default:
      return ended(run, event, now);
  }
}

function withNodes(run: RunView, ids: readonly string[], change: (node: RunNode) => Partial<RunNode>): RunView {
  const nodes = new Map(run.nodes);
  for (const id of ids) {
    const node = nodes.get(id) ?? WAITING;
    nodes.set(id, { ...node, ...change(node) });
  }
  return { ...run, nodes };
}

function begun(node: RunNode, now: number): Partial<RunNode> {
  return { state: 'running', startedAt: node.startedAt ?? now };
}

function finished({ startedAt, steps }: RunNode, now: number): Partial<RunNode> {
  const durationMs = startedAt === undefined ? undefined : now - startedAt;
  return { state: 'finished', durationMs, steps: steps && { ...steps, value: steps.max }, previewUrl: undefined };
}

/** Of the nodes that run, the one that began first holds the run up; when none runs, the slowest one did. */
function withCritical(run: RunView, now: number): RunView {
  let critical: string | undefined;
  let longest = -1;
  const isOver = run.end !== undefined;
  for (const [id, { state, startedAt, durationMs }] of run.nodes) {
    const ms = isOver ? durationMs : state === 'running' && startedAt !== undefined ? now - startedAt : undefined;
    if (ms === undefined || ms <= longest) continue;
    longest = ms;
    critical = id;
  }
  if (critical === undefined) critical = run.criticalNode;
  if (critical === run.criticalNode) return run;
  const changed = [run.criticalNode, critical].filter((id) => id !== undefined);
  const marked = { ...run, criticalNode: critical };
  const nodes = new Map(run.nodes);
  for (const id of changed) nodes.set(id, { ...(nodes.get(id) ?? WAITING), isCritical: id === critical });
  return { ...marked, nodes };
}

/** Somebody took it out of the queue: that is known, and nothing is lost. */
export const isRemoved = (event: JobEndEvent): boolean =>
  event.type === 'lost' && event.reason === 'removed-while-pending';

function ended(run: RunView, event: JobEndEvent, now: number): RunView {
  const { result } = event;
  const error = event.type === 'succeeded' ? undefined : event.error;
  const type = isRemoved(event) ? 'canceled' : event.type;
  const nodes = new Map(run.nodes);
  const failedNode = error instanceof ExecutionError ? error.nodeId : undefined;
  for (const [id, node] of nodes) {
    if (node.state !== 'running' && id !== failedNode) continue;
    const state = id === failedNode ? 'failed' : type === 'succeeded' ? 'finished' : 'interrupted';
    nodes.set(id, { ...node, ...finished(node, now), state });
  }
  if (failedNode !== undefined && !nodes.has(failedNode)) nodes.set(failedNode, { ...WAITING, state: 'failed' });
  // the record knows also what no message told: after a reload, or a time without connection
  for (const id of new Set(result.outputs.all.map(({ nodeId }) => nodeId))) {
    const node = nodes.get(id) ?? WAITING;
    const state = node.state === 'waiting' ? 'finished' : node.state;
    nodes.set(id, { ...node, state, outputs: result.outputs.of(id).all, outputsFrom: run.id });
  }
  return withCritical(
    {
      ...run,
      nodes,
      result,
      error,
      state: type,
      end: type,
      endedAt: now,
      remainingMs: undefined,
      share: type === 'succeeded' ? 1 : run.share,
      problems: error instanceof ValidationError ? error.problems : run.problems,
    },
    now,
  );
}
