import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRingMemory, EventReader, EventWriter, MARK } from '../src/child/event-ring.ts';

function createRing() {
  const memory = createRingMemory();
  return { reader: new EventReader(memory), writer: new EventWriter(memory) };
}

describe('the ring of events', () => {
  test('gives back what was written, in order, however often it wraps', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((part) => part.repeat(400));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { minLength: 100, maxLength: 250 }), (steps) => {
        const { reader, writer } = createRing();
        let written = '';
        let read = '';
        for (const [part, readsNow] of steps) {
          if (writer.write(part)) written += part;
          if (readsNow) read += reader.read();
        }
        expect(read + reader.read() === written).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('refuses what has no room, and takes it once the reader has caught up', () => {
    const { reader, writer } = createRing();
    const part = 'é'.repeat(50_000);
    let count = 0;
    while (writer.write(part)) count++;
    expect(count).toBe(10);
    expect(reader.read()).toHaveLength(500_000);
    expect(writer.write(part)).toBe(true);
    expect(reader.read()).toBe(part);
  });

  test('refuses a text that would fill it, whatever room there is', () => {
    const { writer } = createRing();
    expect(writer.write('x'.repeat(131_073))).toBe(false);
    expect(writer.write('x'.repeat(131_072))).toBe(true);
  });

  test('a mark keeps the place of what goes another way', () => {
    const { reader, writer } = createRing();
    writer.write('before,');
    writer.mark();
    writer.write('after,');
    expect(reader.read().split(MARK)).toEqual(['before,', 'after,']);
    expect(reader.read()).toBe('');
  });

  test('a reader that sleeps is woken once, and never sleeps over what was written', () => {
    const { reader, writer } = createRing();
    writer.write('a,');
    expect([writer.takesWakeUp(), writer.takesWakeUp()]).toEqual([true, false]);
    writer.write('b,');
    expect(reader.fallsAsleep()).toBe(false);
    expect(writer.takesWakeUp()).toBe(false);
    expect(reader.read()).toBe('a,b,');
    expect(reader.fallsAsleep()).toBe(true);
    writer.write('c,');
    expect(writer.takesWakeUp()).toBe(true);
  });
});
