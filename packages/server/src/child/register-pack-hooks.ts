import { register } from 'node:module';
import { builtUrl } from './built-url.ts';

let isRegistered = false;

/** Lets this thread import packs that are written in TypeScript, with `@snug/*` resolved to the server's own copy. */
export function registerPackHooks(): void {
  if (isRegistered) return;
  isRegistered = true;
  register(builtUrl(import.meta.url, './pack-hooks.js'));
}
