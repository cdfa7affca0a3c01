#!/usr/bin/env node
// Committed, so that npm links the command before anything is built.
import { existsSync } from 'node:fs';

// the store's library is told to be experimental each time it is loaded; it is not news to whoever starts a server
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).includes('SQLite is an experimental feature')) emitWarning(warning, ...rest);
};

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  console.error('snug is not built yet: run `npm start` once, or `npm run build`.');
  process.exit(1);
}
await import(built.href);
