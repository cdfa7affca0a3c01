/** The table of the connection: every phase x every event. A phase or an event that is added does not compile until it is here. */
import { describe, expect, it } from 'vitest';
import { closeCode } from '../src/close-codes.ts';
import { START, step } from '../src/connection.ts';
import type { ConnectionEvent, ConnectionState, ConnectionTiming, Moment, Phase } from '../src/connection.ts';

const timing: ConnectionTiming = {
  minMs: 300,
  maxMs: 15_000,
  factor: 1.7,
  connectMs: 10_000,
  evidenceMs: 5000,
  rotateMs: 1000,
  blockedMs: 30_000,
  stableMs: 5000,
};
const moment: Moment = { now: 100_000, random: 0.5, timing, isPolling: false };

/** Events, those with two meanings twice. */
const EVENTS = {
  connect: { type: 'connect' },
  opened: { type: 'opened' },
  heard: { type: 'heard' },
  dropped: { type: 'dropped', close: closeCode(1006, '') },
  droppedForGood: { type: 'dropped', close: closeCode(4409, '') },
  probed: { type: 'probed' },
  refused: { type: 'probed', refusal: 'no' },
  timer: { type: 'timer' },
  suspect: { type: 'suspect' },
  online: { type: 'online' },
  offline: { type: 'offline' },
  woken: { type: 'woken' },
  close: { type: 'close' },
} as const satisfies Record<string, ConnectionEvent>;

const before: Record<Phase, ConnectionState> = {
  idle: START,
  connecting: { ...START, phase: 'connecting', dueAt: 110_000 },
  open: { ...START, phase: 'open', openedAt: 99_000, attempt: 2 },
  waiting: { ...START, phase: 'waiting', attempt: 2, dueAt: 100_500 },
  probing: { ...START, phase: 'probing', attempt: 2 },
  blocked: { ...START, phase: 'blocked', attempt: 2, dueAt: 120_000, reason: 'no' },
  offline: { ...START, phase: 'offline', attempt: 2, dueAt: 120_000 },
  polling: { ...START, phase: 'polling' },
  stopped: { ...START, phase: 'stopped', reason: 'no' },
  closed: { ...START, phase: 'closed' },
};

/** The phase after it, and the effects; `-` is the same object back. */
type Cell = '-' | `${Phase}${'' | ` ${string}`}`;
const OPEN = 'connecting open';

const TABLE: Record<Phase, Record<keyof typeof EVENTS, Cell>> = {
  idle: row({ connect: OPEN, close: 'closed' }),
  connecting: row({
    opened: 'open greet',
    dropped: 'probing probe',
    droppedForGood: 'stopped',
    timer: 'waiting drop',
    offline: 'offline drop',
    close: 'closed drop',
  }),
  open: row({
    dropped: 'waiting',
    droppedForGood: 'stopped',
    suspect: 'open',
    offline: 'offline drop',
    close: 'closed drop',
  }),
  waiting: row({ timer: OPEN, online: OPEN, woken: OPEN, offline: 'offline', close: 'closed' }),
  probing: row({ probed: 'waiting', refused: 'blocked', offline: 'offline', close: 'closed' }),
  blocked: row({ timer: OPEN, online: OPEN, woken: OPEN, offline: 'offline', close: 'closed' }),
  offline: row({ timer: OPEN, online: OPEN, woken: OPEN, close: 'closed' }),
  polling: row({ close: 'closed' }),
  stopped: row({ connect: OPEN, close: 'closed' }),
  closed: row({ connect: OPEN }),
};

function row(cells: Partial<Record<keyof typeof EVENTS, Cell>>): Record<keyof typeof EVENTS, Cell> {
  const names = Object.keys(EVENTS) as (keyof typeof EVENTS)[];
  return Object.fromEntries(names.map((name) => [name, cells[name] ?? '-'])) as Record<keyof typeof EVENTS, Cell>;
}

describe('the table of the connection', () => {
  const cells = Object.entries(TABLE).flatMap(([phase, cellsOf]) =>
    Object.entries(cellsOf).map(([event, cell]) => [phase as Phase, event as keyof typeof EVENTS, cell] as const),
  );
  it('has every phase and every event', () => expect(cells).toHaveLength(10 * 13));

  it.each(cells)('%s + %s -> %s', (phase, event, cell) => {
    const state = before[phase];
    const [after, ...effects] = step(state, EVENTS[event], moment);
    if (cell === '-') {
      expect(after).toBe(state);
      expect(effects).toEqual([]);
    } else expect([after.phase, ...effects].join(' ')).toBe(cell);
    const needsTimer: Phase[] = ['connecting', 'waiting', 'blocked', 'offline'];
    expect(after.dueAt !== undefined, 'waits only where something is to come').toBe(
      needsTimer.includes(after.phase) || after.isSuspect,
    );
  });
});

describe('the waits of the connection', () => {
  const dropped = EVENTS.dropped;
  const waitAfter = (state: ConnectionState, random: number): number =>
    step(state, dropped, { ...moment, random })[0].dueAt! - moment.now;

  it('are drawn between nothing and a most that grows to 15 s', () => {
    const most = [0, 1, 2, 5, 20].map((attempt) => Math.round(waitAfter({ ...before.open, attempt }, 1)));
    expect(most).toEqual([300, 510, 867, 4260, 15_000]);
    expect(waitAfter({ ...before.open, attempt: 20 }, 0)).toBe(0);
  });
  it('begin anew after a connection that lasted', () => {
    const [after] = step({ ...before.open, attempt: 7, openedAt: moment.now - 5000 }, dropped, moment);
    expect(after.attempt).toBe(1);
  });
  it('grow when connections open and drop at once', () => {
    expect(step(before.open, dropped, moment)[0].attempt).toBe(3);
  });
  it('are at least what a close code asks for', () => {
    const [after] = step(before.open, { type: 'dropped', close: closeCode(1013, '') }, { ...moment, random: 0 });
    expect(after.dueAt).toBe(moment.now + 1000);
  });
  it('are slow where the server refuses', () => {
    expect(step(before.probing, EVENTS.refused, moment)[0]).toMatchObject({ dueAt: moment.now + 30_000, reason: 'no' });
  });
});

describe('a socket that should say something', () => {
  const suspected = step(before.open, EVENTS.suspect, moment)[0];

  it('has 5 s for it', () => expect(suspected.dueAt).toBe(moment.now + 5000));
  it('is believed as soon as it says anything', () => {
    expect(step(suspected, EVENTS.heard, moment)[0]).toMatchObject({ isSuspect: false, suspicions: 0 });
  });
  it('is replaced under the same id at first, after a second', () => {
    const [after, ...effects] = step(suspected, EVENTS.timer, moment);
    expect([after.phase, ...effects]).toEqual(['waiting', 'drop']);
    expect(after.dueAt).toBe(moment.now + 1000);
  });
  it('is replaced under another id when the next one is silent too', () => {
    expect(step({ ...suspected, suspicions: 1 }, EVENTS.timer, moment).slice(1)).toEqual(['drop', 'rename']);
  });
  it('keeps count over the reconnection', () => {
    const [waiting] = step(suspected, EVENTS.timer, moment);
    const [connecting] = step(waiting, EVENTS.timer, moment);
    const [open] = step(connecting, EVENTS.opened, moment);
    // the greeting comes to every socket
    const [greeted] = step(open, EVENTS.heard, moment);
    expect(greeted).toMatchObject({ phase: 'open', suspicions: 1 });
  });
});

describe('a client that wants no sockets', () => {
  it('asks only', () => expect(step(START, EVENTS.connect, { ...moment, isPolling: true })[0].phase).toBe('polling'));
});
