#!/usr/bin/env node
// Committed, so that npm links the command before anything is built.
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  console.error('snug is not built yet: run `npm start` once, or `npm run build`.');
  process.exit(1);
}
await import(built.href);
