import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ClientError } from '../errors.ts';
import type { RunOptions } from '../job-run.ts';
import type { CancelOptions, CancelOutcome, Job } from '../job.ts';
import type { InputValue, InputValues, WorkflowSource } from '../workflow-source.ts';
import type { JobView } from './job-store.ts';
import type { PreviewView } from './preview-store.ts';
import { useClient } from './provider.tsx';
import { RememberedJob } from './remembered-job.ts';
import type { Persist } from './remembered-job.ts';
import { attach, useJobView } from './use-job.ts';
import { usePreview } from './use-preview.ts';

export interface UseRunOptions extends Omit<RunOptions, 'id'> {
  /** The job is found again after a reload, under this name. Default: it is not. */
  readonly persist?: Persist | undefined;
  /** Runs once when the component appears, unless a job was found again. Default false. */
  readonly runOnMount?: boolean | undefined;
  /** Cancels the job when the component goes. Default false. */
  readonly cancelOnUnmount?: boolean | undefined;
  /** `run` starts another job while one is live, and follows that. Default false: it gives the live one. */
  readonly overlap?: boolean | undefined;
}

export interface RunView extends JobView {
  /** The newest preview of the job. */
  readonly preview: PreviewView | undefined;
  /** Runs the workflow, with these inputs besides those of the options, which they replace. */
  readonly run: (inputs?: InputValues, options?: RunOptions) => Job;
  /** As `Job.cancel`; undefined without a job. */
  readonly cancel: (options?: CancelOptions) => Promise<CancelOutcome | undefined>;
  /** Shows no job any more. The job itself goes on. */
  readonly reset: () => void;
}

/** Runs a workflow and follows it. The functions stay the same from render to render. */
export function useRun(workflow?: WorkflowSource, options: UseRunOptions = {}): RunView {
  const client = useClient();
  const [job, setJob] = useState<Job>();
  const live = useRef<Job>(undefined);
  const { persist } = options;
  const key = typeof persist === 'string' ? persist : persist?.key;
  const storage = typeof persist === 'string' ? undefined : persist?.storage;
  const memory = useMemo(() => {
    if (key === undefined) return undefined;
    return new RememberedJob(storage ? { key, storage } : key);
  }, [key, storage]);
  const latest = useRef({ client, workflow, options, memory });
  useEffect(() => {
    latest.current = { client, workflow, options, memory };
  });

  const follow = useCallback((next: Job | undefined) => {
    live.current = next;
    setJob(next);
  }, []);

  const run = useCallback(
    (inputs?: InputValues, more: RunOptions = {}) => {
      const now = latest.current;
      if (live.current && !live.current.end && !now.options.overlap) return live.current;
      if (now.workflow === undefined) throw new ClientError('invalid_option', 'useRun: there is no workflow to run.');
      const { persist: _persist, runOnMount: _run, cancelOnUnmount: _cancel, overlap: _overlap, ...base } = now.options;
      const merged = new Map([...entriesOf(base.inputs), ...entriesOf(inputs)]);
      const next = now.client.run(now.workflow, { ...base, ...more, inputs: merged });
      now.memory?.write(next.handle());
      // a server may call it otherwise
      next.once('queued', () => {
        if (live.current === next) now.memory?.write(next.handle());
      });
      follow(next);
      return next;
    },
    [follow],
  );
  const cancel = useCallback((how?: CancelOptions) => Promise.resolve(live.current?.cancel(how)), []);
  const reset = useCallback(() => {
    latest.current.memory?.forget();
    follow(undefined);
  }, [follow]);

  useEffect(() => {
    const handle = live.current ? undefined : memory?.read();
    const found = handle && attach(client, handle);
    if (found) follow(found);
    else if (latest.current.options.runOnMount && !live.current) run();
  }, [client, memory, follow, run]);

  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
      // strict mode leaves and comes back at once
      queueMicrotask(() => {
        if (isThere.current || !latest.current.options.cancelOnUnmount) return;
        // nobody is left to be told that it could not be
        live.current?.cancel().catch(() => undefined);
      });
    };
  }, []);

  const view = useJobView(job);
  const preview = usePreview(job);
  return useMemo(() => ({ ...view, preview, run, cancel, reset }), [view, preview, run, cancel, reset]);
}

function entriesOf(inputs: InputValues = {}): Iterable<[string, InputValue]> {
  return inputs instanceof Map ? (inputs as ReadonlyMap<string, InputValue>) : Object.entries(inputs);
}
