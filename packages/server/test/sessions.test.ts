import { afterEach, describe, expect, test, vi } from 'vitest';
import { Sessions } from '../src/sessions/sessions.ts';
import type { Connection } from '../src/sessions/sessions.ts';
import type { SessionsOptions } from '../src/sessions/sessions.ts';
import { orderedMessage, statusMessage } from '../src/wire/messages.ts';
import { FakeSocket } from './fixtures/fake-socket.ts';

const opened: Sessions[] = [];
afterEach(() => {
  for (const sessions of opened.splice(0)) sessions.close(1001, 'the test is over');
  vi.useRealTimers();
});

function createSessions(options: Partial<SessionsOptions> = {}): Sessions {
  let ids = 0;
  const sessions = new Sessions({
    newId: () => `minted-${++ids}`,
    featuresText: () => '{"a":1}',
    queueRemaining: () => 2,
    currentNodeOf: () => undefined,
    now: () => 0,
    ...options,
  });
  opened.push(sessions);
  return sessions;
}

function connect(sessions: Sessions, clientId: string): { socket: FakeSocket; connection: Connection } {
  const socket = new FakeSocket();
  return { socket, connection: sessions.opened(socket, clientId) };
}

const hello = (data: unknown): string => JSON.stringify({ type: 'feature_flags', data });

describe('the first messages of a connection', () => {
  test('status with the client id comes first, with what waits', () => {
    const { socket } = connect(createSessions(), 'me');
    expect(socket.messages).toEqual([
      { type: 'status', data: { status: { exec_info: { queue_remaining: 2 } }, sid: 'me' } },
    ]);
  });

  test('a client without an id is given one', () => {
    const sessions = createSessions();
    const { socket } = connect(sessions, '');
    expect(socket.messages[0]!.data['sid']).toBe('minted-1');
    sessions.toClient('minted-1', orderedMessage('x', '{}'));
    expect(socket.types).toEqual(['status', 'x']);
  });

  test('the node that the running prompt is at follows, without a prompt id', () => {
    const { socket } = connect(createSessions({ currentNodeOf: (id) => (id === 'me' ? '7"' : undefined) }), 'me');
    expect(socket.messages[1]).toEqual({ type: 'executing', data: { node: '7"' } });
  });

  test('an id may be any text', () => {
    const sessions = createSessions();
    const { socket } = connect(sessions, '__proto__');
    sessions.toClient('__proto__', orderedMessage('x', '{}'));
    sessions.toClient('constructor', orderedMessage('y', '{}'));
    expect(socket.types).toEqual(['status', 'x']);
  });
});

describe('what a client says (contract 2.3)', () => {
  test('feature_flags as the first object are stored and answered', () => {
    const sessions = createSessions();
    const { socket, connection } = connect(sessions, 'me');
    connection.message(hello({ supports_preview_metadata: true }));
    expect(socket.messages[1]).toEqual({ type: 'feature_flags', data: { a: 1 } });
    expect(sessions.wantsPreviewMetadata('me')).toBe(true);
  });

  test.each([['1'], ['"true"'], ['null'], ['[true]']])('supports_preview_metadata: %s is not exactly true', (value) => {
    const sessions = createSessions();
    const { connection } = connect(sessions, 'me');
    connection.message(`{"type":"feature_flags","data":{"supports_preview_metadata":${value}}}`);
    expect(sessions.wantsPreviewMetadata('me')).toBe(false);
  });

  test('a second feature_flags is ignored without an answer', () => {
    const sessions = createSessions();
    const { socket, connection } = connect(sessions, 'me');
    connection.message(hello({}));
    connection.message(hello({ supports_preview_metadata: true }));
    expect(socket.types).toEqual(['status', 'feature_flags']);
    expect(sessions.wantsPreviewMetadata('me')).toBe(false);
  });

  test('another object first uses up the turn', () => {
    const { socket, connection } = connect(createSessions(), 'me');
    connection.message('{"type":"something else"}');
    connection.message(hello({}));
    expect(socket.types).toEqual(['status']);
  });

  test.each([
    ['text that is no JSON', '{'],
    ['an array', '[]'],
    ['a text', '"feature_flags"'],
    ['a number', '5'],
    ['null', 'null'],
    ['JSON that nests too deep', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['a binary message', undefined],
  ])('%s is ignored and uses up nothing', (_what, data) => {
    const { socket, connection } = connect(createSessions(), 'me');
    connection.message(data);
    connection.message(hello({}));
    expect(socket.types).toEqual(['status', 'feature_flags']);
    expect(socket.closedWith).toBeUndefined();
  });

  test.each([['{"type":"feature_flags"}'], ['{"type":"feature_flags","data":null}'], [hello([true])]])(
    '%s counts as no flags and is answered',
    (text) => {
      const sessions = createSessions();
      const { socket, connection } = connect(sessions, 'me');
      connection.message(text);
      expect(socket.types).toEqual(['status', 'feature_flags']);
      expect(sessions.wantsPreviewMetadata('me')).toBe(false);
    },
  );
});

describe('a second socket with an id that is in use', () => {
  test('takes over: the newer one gets everything, the older one nothing, not even what goes to all', () => {
    const sessions = createSessions();
    const first = connect(sessions, 'me');
    const second = connect(sessions, 'me');
    sessions.toClient('me', orderedMessage('x', '{}'));
    sessions.toAll(statusMessage(5));
    expect(first.socket.types).toEqual(['status']);
    expect(second.socket.types).toEqual(['status', 'x', 'status']);
    expect(sessions.size).toBe(1);
  });

  test('F15: the older socket closing late does not unregister the newer one', () => {
    const sessions = createSessions();
    const first = connect(sessions, 'me');
    const second = connect(sessions, 'me');
    first.connection.closed();
    expect(sessions.isConnected('me')).toBe(true);
    sessions.toClient('me', orderedMessage('x', '{}'));
    sessions.toAll(statusMessage(5));
    expect(second.socket.types).toEqual(['status', 'x', 'status']);
  });

  test('F15: of a hundred in a row, closing in any order, only the newest is served', () => {
    const sessions = createSessions();
    const all = Array.from({ length: 100 }, () => connect(sessions, 'me'));
    for (const at of [...all.keys()].sort((a, b) => ((a * 37) % 100) - ((b * 37) % 100))) {
      if (at < 99) all[at]!.connection.closed();
    }
    sessions.toClient('me', orderedMessage('x', '{}'));
    expect(all.filter(({ socket }) => socket.types.includes('x'))).toEqual([all[99]]);
  });

  test('a stock client that was taken over is left open and silent, also when it says something', () => {
    const sessions = createSessions();
    const first = connect(sessions, 'me');
    const second = connect(sessions, 'me');
    first.connection.message(hello({ supports_preview_metadata: true }));
    expect(first.socket.closedWith).toBeUndefined();
    expect(first.socket.types).toEqual(['status']);
    expect(sessions.wantsPreviewMetadata('me')).toBe(false);
    expect(second.socket.types).toEqual(['status']);
  });

  test('F16: a client that said supports_takeover_close is closed with 4409', () => {
    const sessions = createSessions();
    const first = connect(sessions, 'me');
    first.connection.message(hello({ supports_takeover_close: true }));
    connect(sessions, 'me');
    expect(first.socket.closedWith?.code).toBe(4409);
  });

  test('flags are not inherited: the newer one says its own', () => {
    const sessions = createSessions();
    connect(sessions, 'me').connection.message(hello({ supports_preview_metadata: true }));
    connect(sessions, 'me');
    expect(sessions.wantsPreviewMetadata('me')).toBe(false);
  });
});

describe('delivery', () => {
  test('a client that is gone gets nothing and is forgotten', () => {
    const sessions = createSessions();
    const { socket, connection } = connect(sessions, 'me');
    connection.closed();
    sessions.toClient('me', orderedMessage('x', '{}'));
    sessions.toAll(statusMessage(1));
    expect(socket.types).toEqual(['status']);
    expect([sessions.isConnected('me'), sessions.size]).toEqual([false, 0]);
  });

  test('one client that is behind delays nobody', () => {
    const sessions = createSessions();
    const [slow, quick] = [connect(sessions, 'slow'), connect(sessions, 'quick')];
    slow.socket.backlog = 10_000_000;
    for (let at = 0; at < 50; at++) sessions.toAll(orderedMessage('x', `${at}`));
    expect(slow.socket.types).toEqual(['status']);
    expect(quick.socket.types).toHaveLength(51);
    slow.socket.backlog = 0;
    slow.connection.drained();
    expect(slow.socket.messages.slice(1).map(({ data }) => data)).toEqual([...Array(50).keys()]);
  });

  test('a connection that stands still is found without anybody sending', () => {
    vi.useFakeTimers();
    let now = 0;
    const sessions = createSessions({ now: () => now, limits: { stallMs: 3000 } });
    const { socket } = connect(sessions, 'me');
    socket.backlog = 500;
    for (; now < 6000; now += 1000) vi.advanceTimersByTime(1000);
    expect(socket.isTerminated).toBe(true);
  });

  test('a server that stops closes every connection with its code', () => {
    const sessions = createSessions();
    const sockets = ['a', 'b'].map((id) => connect(sessions, id).socket);
    sessions.close(1001, 'the server stops');
    expect(sockets.map((socket) => socket.closedWith?.code)).toEqual([1001, 1001]);
  });
});
