/** What the person chose for this page, kept in the browser. */
import { createStore } from './store.ts';
import type { Store } from './store.ts';

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  readonly language: 'system' | 'en' | 'zh';
  /** Origins of other servers that the person allowed this page to talk to. */
  readonly allowedOrigins: readonly string[];
}

const KEY = 'snug.settings';
const DEFAULTS: Settings = { theme: 'system', language: 'system', allowedOrigins: [] };

/** As much of `localStorage` as is used. */
export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What is kept under a key; undefined when there is nothing, or nothing that can be read. */
export function readKept(keep: Keep, key: string): unknown {
  try {
    return JSON.parse(keep.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether there was room. */
export function writeKept(keep: Keep, key: string, value: string | undefined): boolean {
  try {
    if (value === undefined) keep.removeItem(key);
    else keep.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function createSettings(keep: Keep): Store<Settings> {
  const settings = createStore<Settings>({ ...DEFAULTS, ...(readKept(keep, KEY) as Partial<Settings> | undefined) });
  settings.subscribe(() => writeKept(keep, KEY, JSON.stringify(settings.get())));
  return settings;
}
