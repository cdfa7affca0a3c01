/** Loads packs anew when one of their files changes. */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalogue, Runner } from '@snug/server';

export interface WatchContext {
  readonly catalogue: Catalogue;
  readonly runner: Runner;
  readonly onLine: (line: string) => void;
}

/** An editor that saves touches a file several times. */
const SETTLE_MS = 150;
const SOURCE = /\.(?:[cm]?[jt]s|json)$/;

/** @param urls modules of packs; those inside node_modules do not change while somebody works */
export function watchPacks(urls: readonly string[], { catalogue, runner, onLine }: WatchContext): { close(): void } {
  const folders = new Set(
    urls
      .filter((url) => url.startsWith('file:') && !url.includes('/node_modules/'))
      .map((url) => dirname(fileURLToPath(url))),
  );
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();

  async function reload(): Promise<void> {
    try {
      await catalogue.reload();
      await runner.reload?.();
      onLine(`Packs loaded anew: ${catalogue.size} nodes.`);
    } catch (error) {
      onLine(`Packs not loaded anew, the earlier ones stay: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const watchers = [...folders].map((folder): FSWatcher =>
    watch(folder, { recursive: true }, (_event, name) => {
      if (name === null || !SOURCE.test(name) || name.includes('node_modules')) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        turn = turn.then(reload);
      }, SETTLE_MS);
    }),
  );
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
