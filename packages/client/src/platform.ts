/** What the platform tells about its network and its page, where it tells anything. */

export type PlatformEvent =
  | 'online'
  | 'offline'
  /** The page is seen again. */
  | 'woken'
  /** The page is being left; it may come back. */
  | 'left';
export type WatchPlatform = (tell: (event: PlatformEvent) => void) => () => void;

interface Target {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** Follows `online`, `offline` and the page's visibility. */
export const watchPlatform: WatchPlatform = (tell) => {
  const host = globalThis as Target & { readonly document?: Target & { readonly visibilityState?: string } };
  const page = host.document;
  const listeners: [Target, string, () => void][] = [
    [host, 'online', () => tell('online')],
    [host, 'offline', () => tell('offline')],
    // a page that was kept while another was shown
    [host, 'pageshow', () => tell('woken')],
    [host, 'pagehide', () => tell('left')],
  ];
  if (page) {
    const look = (): void => {
      if (page.visibilityState === 'visible') tell('woken');
    };
    listeners.push([page, 'visibilitychange', look]);
  }
  for (const [target, type, listener] of listeners) target.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener?.(type, listener);
  };
};
