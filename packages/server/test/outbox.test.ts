import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOSE_TOO_SLOW, DEFAULT_OUTBOX_LIMITS, Outbox } from '../src/sessions/outbox.ts';
import type { OutboxLimits } from '../src/sessions/outbox.ts';
import type { Outgoing } from '../src/wire/outgoing.ts';
import { FakeSocket } from './fixtures/fake-socket.ts';

const ordered = (data: string): Outgoing => ({ data, delivery: 'ordered', key: '' });
const latest = (key: string, data: string): Outgoing => ({ data, delivery: 'latest', key });
const lossy = (key: string, data: string): Outgoing => ({ data, delivery: 'lossy', key });

function createOutbox(limits: Partial<OutboxLimits> = {}) {
  const socket = new FakeSocket();
  const outbox = new Outbox(socket, { ...DEFAULT_OUTBOX_LIMITS, behindBytes: 100, ...limits });
  return { socket, outbox };
}

/** An outbox whose client has not read for a while. */
function createBehind(limits: Partial<OutboxLimits> = {}) {
  const { socket, outbox } = createOutbox(limits);
  socket.backlog = 101;
  return { socket, outbox };
}

function readAll(socket: FakeSocket, outbox: Outbox): void {
  // each turn hands over at least one message, so it ends
  for (let turn = 0; turn < 10_000 && (socket.backlog > 0 || outbox.waitingBytes > 0); turn++) {
    socket.take();
    outbox.drained();
    socket.endTick();
  }
}

describe('a client that keeps up', () => {
  test('gets every message of every class at once, also many in one tick', () => {
    const { socket, outbox } = createOutbox();
    const sent = [ordered('a'), latest('k', 'b1'), latest('k', 'b2'), lossy('p', 'c1'), lossy('p', 'c2')];
    for (const message of sent) outbox.send(message);
    outbox.send(ordered('x'.repeat(500)));
    outbox.send(ordered('z'));
    expect(socket.sent).toEqual([...sent.map(({ data }) => data), 'x'.repeat(500), 'z']);
  });
});

describe('a client that is behind', () => {
  test('is behind only past the limit, not at it', () => {
    const { socket, outbox } = createOutbox();
    socket.backlog = 100;
    outbox.send(ordered('a'));
    expect(socket.sent).toEqual(['a']);
    socket.backlog = 101;
    outbox.send(ordered('b'));
    expect(socket.sent).toEqual(['a']);
  });

  test('later messages wait behind the first that waits, although the backlog is gone', () => {
    const { socket, outbox } = createBehind();
    outbox.send(ordered('a'));
    socket.backlog = 0;
    outbox.send(ordered('b'));
    expect(socket.sent).toEqual([]);
    outbox.drained();
    expect(socket.sent).toEqual(['a', 'b']);
  });

  test('of a latest value only the newest waits, in the place of the newest', () => {
    const { socket, outbox } = createBehind();
    outbox.send(latest('k', 'old'));
    outbox.send(ordered('a'));
    outbox.send(latest('k', 'new'));
    outbox.send(ordered('b'));
    readAll(socket, outbox);
    expect(socket.sent).toEqual(['a', 'new', 'b']);
    expect(outbox.dropped).toBe(0);
  });

  test('of previews only the newest of each node is sent, and the others are counted', () => {
    const { socket, outbox } = createBehind();
    for (const [node, picture] of ['a1', 'b1', 'a2', 'a3'].entries()) outbox.send(lossy(picture[0]!, picture + node));
    readAll(socket, outbox);
    expect(socket.sent).toEqual(['b11', 'a33']);
    expect(outbox.dropped).toBe(2);
  });

  test('what waits leaves a window at a time, so that newer values can still take the place of older ones', () => {
    const { socket, outbox } = createBehind();
    for (let at = 0; at < 10; at++) outbox.send(ordered(`${at}`.repeat(60)));
    outbox.send(latest('k', 'old'));
    socket.take();
    outbox.drained();
    expect(socket.sent).toHaveLength(2);
    outbox.send(latest('k', 'new'));
    readAll(socket, outbox);
    expect(socket.sent).toHaveLength(11);
    expect(socket.sent.at(-1)).toBe('new');
  });

  test('is closed with 1013 when too many bytes wait, and gets nothing more', () => {
    const { socket, outbox } = createBehind({ maxQueuedBytes: 1000 });
    for (let at = 0; at < 11; at++) outbox.send(ordered('x'.repeat(100)));
    expect(socket.closedWith).toEqual({ code: CLOSE_TOO_SLOW, reason: 'too slow' });
    expect(outbox.waitingBytes).toBe(0);
    socket.take();
    outbox.drained();
    outbox.send(ordered('late'));
    expect(socket.sent).toEqual([]);
  });

  test('is closed with 1013 when too many messages wait', () => {
    const { socket, outbox } = createBehind({ maxQueuedMessages: 10 });
    for (let at = 0; at < 10; at++) outbox.send(ordered('x'));
    expect(socket.closedWith).toBeUndefined();
    outbox.send(ordered('x'));
    expect(socket.closedWith?.code).toBe(1013);
  });

  test('previews of many nodes make way before it is closed', () => {
    const { socket, outbox } = createBehind({ maxQueuedBytes: 1000, maxQueuedMessages: 10 });
    for (let at = 0; at < 50; at++) outbox.send(lossy(`preview:${at}`, 'x'.repeat(300)));
    for (let at = 0; at < 9; at++) outbox.send(ordered(`${at}`.repeat(100)));
    expect(socket.closedWith).toBeUndefined();
    readAll(socket, outbox);
    const got = socket.sent.map((data) => String(data)[0]);
    expect(got.filter((first) => first !== 'x')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(outbox.dropped).toBe(50 - got.filter((first) => first === 'x').length);
  });

  test('latest values and previews without end never close it', () => {
    const { socket, outbox } = createBehind({ maxQueuedBytes: 1000, maxQueuedMessages: 10 });
    for (let at = 0; at < 10_000; at++) {
      outbox.send(latest('progress', `p${at}`));
      outbox.send(lossy('preview', 'x'.repeat(500)));
    }
    expect(socket.closedWith).toBeUndefined();
    expect(outbox.waitingBytes).toBe(505);
    expect(outbox.dropped).toBe(9999);
  });
});

describe('a connection that no longer moves', () => {
  test('is ended when its backlog has stood still for the limit, and not before', () => {
    const { socket, outbox } = createBehind({ stallMs: 1000 });
    outbox.checkStall(0);
    outbox.checkStall(999);
    expect(socket.isTerminated).toBe(false);
    outbox.checkStall(1000);
    expect(socket.isTerminated).toBe(true);
  });

  test('lives while anything moves, however slowly', () => {
    const { socket, outbox } = createBehind({ stallMs: 1000 });
    for (let second = 0; second < 50; second++) {
      socket.backlog = 200 - second;
      outbox.checkStall(second * 900);
    }
    expect(socket.isTerminated).toBe(false);
  });

  test('an idle connection with nothing to send never stalls', () => {
    const { socket, outbox } = createOutbox({ stallMs: 1000 });
    for (let second = 0; second < 100; second++) outbox.checkStall(second * 1000);
    expect(socket.isTerminated).toBe(false);
  });

  test('what waits goes out when the look finds the backlog gone, should nobody have told of it', () => {
    const { socket, outbox } = createBehind();
    outbox.send(ordered('a'));
    outbox.checkStall(0);
    socket.backlog = 0;
    outbox.checkStall(1000);
    expect(socket.sent).toEqual(['a']);
  });
});

type Step =
  | { do: 'send'; delivery: Outgoing['delivery']; key: string; size: number }
  | { do: 'end tick' }
  | { do: 'drain' }
  | { do: 'take'; bytes: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      delivery: fc.constantFrom('ordered' as const, 'latest' as const, 'lossy' as const),
      key: fc.constantFrom('a', 'b', '__proto__'),
      size: fc.integer({ min: 8, max: 150 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'end tick' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'drain' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take' as const), bytes: fc.integer({ min: 1, max: 200 }) }) },
);

test('whatever the network does: ordered messages all arrive in order, and the last value of each key arrives last', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { socket, outbox } = createOutbox();
      const sent: (Outgoing & { data: string })[] = [];
      for (const one of steps) {
        if (one.do === 'send') {
          const key = one.delivery === 'ordered' ? '' : `${one.delivery}:${one.key}`;
          const message = { data: `${sent.length}`.padEnd(one.size, ' '), delivery: one.delivery, key };
          sent.push(message);
          outbox.send(message);
        } else if (one.do === 'end tick') socket.endTick();
        else if (one.do === 'take') socket.take(one.bytes);
        else {
          socket.take();
          outbox.drained();
          // one window and the message that crossed its edge
          expect(socket.endTick()).toBeLessThanOrEqual(250);
        }
      }
      readAll(socket, outbox);
      const got = socket.sent.map((data) => sent[Number(data)]!);
      expect(new Set(got).size).toBe(got.length);
      const isOrdered = ({ delivery }: Outgoing): boolean => delivery === 'ordered';
      expect(got.filter(isOrdered)).toEqual(sent.filter(isOrdered));
      for (const key of new Set(sent.map((message) => message.key))) {
        const [before, after] = [sent, got].map((list) => list.filter((message) => message.key === key));
        expect(after!.at(-1)).toBe(before!.at(-1));
        const places = after!.map((message) => before!.indexOf(message));
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }
      const isLossy = ({ delivery }: Outgoing): boolean => delivery === 'lossy';
      expect(outbox.dropped).toBe(sent.filter(isLossy).length - got.filter(isLossy).length);
      expect(outbox.waitingBytes).toBe(0);
    }),
    { seed: 20_261, numRuns: 400 },
  );
});
