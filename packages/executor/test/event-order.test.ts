import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Preview } from '@snug/node-kit';
import { EventOrder } from '../src/event-order.ts';
import type { EncodedPreview, ExecutionEvent } from '../src/events.ts';

type Progress = Extract<ExecutionEvent, { type: 'node-progressed' }>;

/** Encodings that the test ends when it likes; a picture is known by its width. */
function manualEncoder(): {
  encode: (preview: Preview) => Promise<EncodedPreview>;
  open: Map<number, { done: () => void; fail: () => void }>;
} {
  const open = new Map<number, { done: () => void; fail: () => void }>();
  const encode = ({ image, delivery = 'newest' }: Preview): Promise<EncodedPreview> =>
    new Promise((resolve, reject) => {
      const { width } = image;
      open.set(width, {
        done() {
          open.delete(width);
          resolve({ bytes: Uint8Array.of(width), mime: 'image/jpeg', delivery });
        },
        fail() {
          open.delete(width);
          reject(new Error('no picture'));
        },
      });
    });
  return { encode, open };
}

const text = (node: string): ExecutionEvent => ({ type: 'text-shown', node, text: '' });
const progress = (node: string, value: number): Progress => {
  return { type: 'node-progressed', node, value, max: 100, withLegacy: true, preview: undefined };
};
const picture = (width: number, delivery?: 'every'): Preview => {
  return { image: { data: new Uint8Array(3), width, height: 1, channels: 3 }, delivery };
};
/** What a test reads of an event: the node, and for a step of progress its picture. */
const shown = (event: ExecutionEvent): string => {
  if (event.type !== 'node-progressed') return 'node' in event ? event.node : event.type;
  return `${event.node}:${event.value}${event.preview ? `+${event.preview.bytes[0]}` : ''}`;
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function started(): { order: EventOrder; told: string[] } & ReturnType<typeof manualEncoder> {
  const encoder = manualEncoder();
  const told: string[] = [];
  return { ...encoder, told, order: new EventOrder((event) => told.push(shown(event)), encoder.encode) };
}

describe('the order of events', () => {
  it('is kept when encodings finish in any order', async () => {
    const { order, told, open } = started();
    order.push(text('a'));
    void order.pushPreview(progress('n', 1), picture(1));
    order.push(text('b'));
    void order.pushPreview(progress('m', 2), picture(2));
    order.push(text('c'));
    expect(told).toEqual(['a']);
    open.get(2)?.done();
    await settle();
    expect(told).toEqual(['a']);
    open.get(1)?.done();
    await settle();
    expect(told).toEqual(['a', 'n:1+1', 'b', 'm:2+2', 'c']);
  });

  it('tells events at once when no picture is on its way', () => {
    const { order, told } = started();
    order.push(text('a'));
    expect(told).toEqual(['a']);
  });

  it('lets the progress through when its picture cannot be encoded', async () => {
    const { order, told, open } = started();
    void order.pushPreview(progress('n', 1), picture(1));
    open.get(1)?.fail();
    await settle();
    expect(told).toEqual(['n:1']);
  });

  it('is what it was, in random runs', async () => {
    const step = fc.record({ node: fc.constantFrom('n', 'm', 'o'), hasPicture: fc.boolean(), pick: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { order, told, open } = started();
        for (const [at, { node, hasPicture, pick }] of steps.entries()) {
          if (hasPicture) void order.pushPreview(progress(node, at), picture(at));
          else order.push(progress(node, at));
          const encodings = [...open.values()];
          if (pick % 3 === 0) encodings[pick % encodings.length]?.done();
          if (pick % 5 === 0) await settle();
        }
        while (open.size) {
          [...open.values()].at(-1)?.done();
          await settle();
        }
        await order.drained();
        const values = told.map((line) => Number.parseInt(line.split(':')[1]!, 10));
        expect(values).toEqual([...values].sort((a, b) => a - b));
        // of each node the newest picture arrives, and everything that had none
        for (const node of ['n', 'm', 'o']) {
          const last = steps.findLastIndex((one) => one.node === node && one.hasPicture);
          if (last >= 0) expect(told).toContain(`${node}:${last}+${last}`);
        }
        for (const [at, { node, hasPicture }] of steps.entries())
          if (!hasPicture) expect(told).toContain(`${node}:${at}`);
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});

describe('a node that does not wait for its previews', () => {
  it('loses those in the middle and never the newest', async () => {
    const { order, told, open } = started();
    for (let at = 1; at <= 50; at++) void order.pushPreview(progress('n', at), picture(at));
    const encoders = open.size;
    expect(encoders).toBeLessThan(20);
    while (open.size) {
      [...open.values()][0]?.done();
      await settle();
    }
    const first = Array.from({ length: encoders }, (_, at) => `n:${at + 1}+${at + 1}`);
    expect(told).toEqual([...first, 'n:50+50']);
  });

  it('keeps one picture waiting, also when it says other things in between', async () => {
    const { order, told, open } = started();
    for (let at = 1; at <= 40; at++) {
      void order.pushPreview(progress('n', at), picture(at));
      order.push(text('other'));
    }
    const encoders = open.size;
    let encoded = 0;
    while (open.size) {
      encoded++;
      [...open.values()][0]?.done();
      await settle();
    }
    expect(encoded).toBe(encoders + 1);
    expect(told).toHaveLength(80);
    expect(told.at(-2)).toBe('n:40+40');
  });

  it('loses none that must be delivered', async () => {
    const { order, told, open } = started();
    for (let at = 1; at <= 30; at++) void order.pushPreview(progress('n', at), picture(at, 'every'));
    while (open.size) {
      [...open.values()][0]?.done();
      await settle();
    }
    expect(told).toHaveLength(30);
  });

  it('may wait for the last one only', async () => {
    const { order, open } = started();
    const waits: Promise<void>[] = [];
    for (let at = 1; at <= 40; at++) waits.push(Promise.resolve(order.pushPreview(progress('n', at), picture(at))));
    let isFree = false;
    void Promise.all(waits).then(() => (isFree = true));
    while (open.size) {
      [...open.values()][0]?.done();
      await settle();
    }
    expect(isFree).toBe(true);
  });
});

describe('waiting', () => {
  it('is asked of a node only while all encoders are busy', async () => {
    const { order, open } = started();
    let wait: void | Promise<void> = undefined;
    let sent = 0;
    while (!wait && sent < 40) wait = order.pushPreview(progress(`n${++sent}`, sent), picture(sent));
    expect(sent).toBe(open.size);
    expect(sent).toBeGreaterThan(1);
    let isFree = false;
    void wait?.then(() => (isFree = true));
    await settle();
    expect(isFree).toBe(false);
    open.get(2)?.done();
    await settle();
    expect(isFree).toBe(true);
  });

  it('for what was pushed so far ends with it, whatever comes after', async () => {
    const { order, open, told } = started();
    expect(order.caughtUp()).toBeUndefined();
    void order.pushPreview(progress('n', 1), picture(1));
    order.push(text('a'));
    let hasCaughtUp = false;
    void order.caughtUp()?.then(() => (hasCaughtUp = true));
    void order.pushPreview(progress('m', 2), picture(2));
    await settle();
    expect(hasCaughtUp).toBe(false);
    open.get(1)?.done();
    await settle();
    expect([hasCaughtUp, told]).toEqual([true, ['n:1+1', 'a']]);
    open.get(2)?.done();
    await order.drained();
  });

  it('for the end lasts until every picture is told', async () => {
    const { order, open, told } = started();
    void order.pushPreview(progress('n', 1), picture(1));
    order.push(text('end'));
    order.close();
    let isDrained = false;
    void order.drained().then(() => (isDrained = true));
    await settle();
    expect(isDrained).toBe(false);
    open.get(1)?.done();
    await settle();
    expect([isDrained, told]).toEqual([true, ['n:1+1', 'end']]);
  });

  it('is over after the end: what still comes is not told', async () => {
    const { order, open, told } = started();
    order.push(text('end'));
    order.close();
    order.push(text('late'));
    expect(order.pushPreview(progress('n', 1), picture(1))).toBeUndefined();
    await order.drained();
    expect([told, open.size]).toEqual([['end'], 0]);
  });
});
