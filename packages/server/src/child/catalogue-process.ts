/** The process that node code runs in before a prompt does: descriptions and nodes' own validation. */
import { createNodeFiles } from '@snug/executor';
import type { OwnCheckResult } from '@snug/graph';
import { asObject, parseJson } from '@snug/protocol';
import { createInlineCode } from '../catalogue/inline-code.ts';
import { loadPacks } from './load-packs.ts';
import { readConfig } from './protocol.ts';
import type { FromCatalogue, ToCatalogue } from './protocol.ts';

const send = (message: FromCatalogue): void => {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) process.exit(0);
  });
};

process.on('disconnect', () => process.exit());
// the terminal sends its signals to the whole group: the server decides when we end
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const config = readConfig(process.argv[2]!);
try {
  const code = createInlineCode(await loadPacks(config.packs), { files: createNodeFiles(config.folders) }, (line) => {
    process.stderr.write(`${line}\n`);
  });
  process.on('message', (message: ToCatalogue) => {
    void (async () => {
      if (message.type === 'describe') {
        send({ type: 'described', request: message.request, ...(await code.describe(message.classTypes)) });
        return;
      }
      const checks = message.checks.map(({ nodeId, classType, valuesText, types }) => ({
        nodeId,
        classType,
        types,
        values: asObject(parseJson(valuesText)) ?? new Map(),
      }));
      // one after another, so that the server learns at which one it hangs
      for (const [at, check] of checks.entries()) {
        const [result] = await code.check([check]);
        send({ type: 'checked', request: message.request, at, result: result as OwnCheckResult });
      }
    })();
  });
  send({ type: 'ready' });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
