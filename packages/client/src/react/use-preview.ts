import { useMemo, useSyncExternalStore } from 'react';
import type { Job } from '../job.ts';
import { PreviewStore } from './preview-store.ts';
import type { PreviewView } from './preview-store.ts';

const never = (): (() => void) => () => {};
const none = (): PreviewView | undefined => undefined;

export interface PreviewOptions {
  /** Of this node alone. Default: the newest of any. */
  readonly nodeId?: string | undefined;
}

/**
 * The newest preview of a job, at most one per frame of the screen. Its address is revoked when it was replaced twice, or
 * nobody shows it. The last one stays when the job has ended.
 */
export function usePreview(job: Job | undefined, { nodeId }: PreviewOptions = {}): PreviewView | undefined {
  // made by every component for itself, so that it goes when the component does
  const store = useMemo(() => job && new PreviewStore(job, nodeId), [job, nodeId]);
  return useSyncExternalStore(store?.subscribe ?? never, store?.view ?? none, none);
}
