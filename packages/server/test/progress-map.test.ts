/** The text of the map is that of all its entries, whatever was joined before. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TextPieces } from '../src/wire/outgoing.ts';
import { ProgressMap } from '../src/wire/progress-map.ts';

const place = (id: string) => ({ id, displayId: id, parentId: null, realId: id });

test('[TX12] its text has every node that has started, with its last state, in the order of their starts', () => {
  const step = fc.record({
    id: fc.constantFrom('1', '2', '3', '4', '__proto__'),
    kind: fc.constantFrom('start', 'update', 'finish', 'text'),
    value: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const map = new ProgressMap('p');
      const earlier: { pieces: TextPieces; text: string }[] = [];
      const want = new Map<string, { value: number; max: number; state: string }>();
      for (const { id, kind, value } of steps) {
        if (kind === 'start') {
          map.start(place(id));
          want.set(id, { value: 0, max: 1, state: 'running' });
        } else if (kind === 'update') {
          map.update(place(id), value, 5);
          want.set(id, { value, max: 5, state: 'running' });
        } else if (kind === 'finish') {
          const max = want.get(id)?.max ?? 1;
          map.finish(place(id), false);
          want.set(id, { value: max, max, state: 'finished' });
        } else {
          const pieces = map.toPieces();
          earlier.push({ pieces, text: String(pieces) });
        }
      }
      const entries = [...want].map(
        ([id, state]) =>
          `${JSON.stringify(id)}:${JSON.stringify({ ...state, node_id: id, prompt_id: 'p', display_node_id: id, parent_node_id: null, real_node_id: id })}`,
      );
      const told = String(map.toPieces()).replace(/("(?:value|max)":\d+)\.0/g, '$1');
      expect(told).toBe(`{"prompt_id":"p","nodes":{${entries.join(',')}}}`);
      // they share memory with the map, which has gone on
      expect(earlier.map(({ pieces }) => String(pieces))).toEqual(earlier.map(({ text }) => text));
    }),
    { seed: 20_261_121, numRuns: 500 },
  );
});
