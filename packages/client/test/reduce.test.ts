import { describe, expect, it } from 'vitest';
import type { JobRecord, Look } from '../src/look.ts';
import { DEFAULT_TIMING } from '../src/options.ts';
import { newLife, reduce } from '../src/reduce.ts';
import type { Life, LifeEffect, LifeInput } from '../src/reduce.ts';

/** A life that inputs are given to, one after another, at times. */
class Story {
  life: Life;
  effects: LifeEffect[] = [];
  constructor(isLinked = true) {
    this.life = newLife(0, { isLinked });
  }
  at(now: number, ...inputs: LifeInput[]): this {
    for (const input of inputs) {
      const [life, effect] = reduce(this.life, input, now, DEFAULT_TIMING);
      this.life = life;
      if (effect) this.effects.push(effect);
    }
    return this;
  }
  looked(now: number, look: Look): this {
    return this.at(now, { type: 'looked', look });
  }
}
const story = (isLinked?: boolean): Story => new Story(isLinked).at(0, { type: 'posted' }).at(10, { type: 'accepted' });
const RECORD: JobRecord = { end: 'succeeded', outputs: new Map(), cached: [], durationMs: 1, raw: {} };
const FAILURE = { nodeId: '1', classType: 'A', exceptionType: 'E', message: 'no', traceback: [] };
const due: LifeInput = { type: 'due' };
const absent: Look = { kind: 'absent' };
const running: Look = { kind: 'running', prompt: undefined };
const away: Look = { kind: 'unreachable', error: 'no' };

describe('while messages come', () => {
  it('the server is asked only after 10 s of silence', () => {
    const told = story().at(500, { type: 'heard' }).at(1010, due);
    expect(told.life.lookAt).toBe(10_500);
    expect(told.effects).toEqual([]);
    expect(told.at(10_500, due).effects).toEqual(['look']);
  });
  it('but after a second when nothing was heard of a job that was accepted', () => {
    expect(story().at(1010, due).effects).toEqual(['look']);
  });
  it('and soon when the queue gets shorter without a word', () => {
    const told = story().at(500, { type: 'heard' }).at(1010, due);
    told.at(2000, { type: 'queue-moved', isShorter: true });
    expect(told.life.lookAt).toBe(2300);
    expect(told.at(2300, due).effects).toEqual(['look']);
  });
  it('unless the word comes meanwhile', () => {
    const told = story().at(500, { type: 'heard' }).at(1010, due);
    told.at(2000, { type: 'queue-moved', isShorter: true }).at(2100, { type: 'heard' }).at(2300, due);
    expect(told.effects).toEqual([]);
  });
});

describe('without a socket', () => {
  it('the server is asked after a second, then ever more rarely, every 5 s at last', () => {
    const told = story().at(500, { type: 'heard' }).at(1010, due).at(2000, { type: 'unlinked' });
    const waits = [];
    let now = 2000;
    for (let count = 0; count < 7; count++) {
      waits.push(told.life.lookAt! - now);
      now = told.life.lookAt!;
      told.at(now, due).looked(now, running);
    }
    expect(waits).toEqual([1000, 1000, 1500, 2250, 3375, 5000, 5000]);
  });
  it('and at once when there is one again', () => {
    const told = story().at(500, { type: 'heard' }).at(2000, { type: 'unlinked' }).at(2100, { type: 'linked' });
    expect(told.effects).toEqual(['look']);
  });
});

describe('a job that the server does not know', () => {
  it('is lost only when it says so twice, a second apart', () => {
    const told = story().at(1010, due).looked(1020, absent);
    expect(told.life.verdict).toBeUndefined();
    expect(told.life.lookAt).toBe(2010);
    told.at(2010, due).looked(2020, absent);
    expect(told.life.verdict).toEqual({ end: 'lost', reason: 'removed-while-pending' });
  });
  it('is not, when a message comes while it is asked for: the answer is old', () => {
    const told = story().at(1010, due).at(1015, { type: 'heard' }).looked(1020, absent);
    expect(told.life.absentSince).toBeUndefined();
    expect(told.life.state).toBe('running');
    told.at(told.life.lookAt!, due).looked(20_000, absent);
    expect(told.life.verdict).toBeUndefined();
  });
  it('is not, when it turns up in between', () => {
    const told = story().at(1010, due).looked(1020, absent).at(2010, due).looked(2020, running);
    told.at(12_020, due).looked(12_030, absent);
    expect(told.life.verdict).toBeUndefined();
  });
  it('has succeeded, when every message came and no record was kept', () => {
    const told = story().at(100, { type: 'end-heard', ending: { end: 'succeeded' } });
    for (let now = 350; !told.life.verdict; now = told.life.lookAt ?? now) told.at(now, due).looked(now, absent);
    expect(told.life.verdict).toEqual({ end: 'succeeded' });
  });
  it('is pruned, when some may be missing', () => {
    const told = story()
      .at(50, { type: 'unlinked' })
      .at(100, { type: 'end-heard', ending: { end: 'succeeded' } });
    for (let now = 350; !told.life.verdict; now = told.life.lookAt ?? now) told.at(now, due).looked(now, absent);
    expect(told.life.verdict).toEqual({ end: 'lost', reason: 'pruned' });
  });
});

describe('the end', () => {
  it('is what the messages said, where the record says otherwise', () => {
    const told = story().at(100, { type: 'end-heard', ending: { end: 'failed', failure: FAILURE } });
    told.at(350, due).looked(360, { kind: 'ended', record: RECORD });
    expect(told.life.verdict).toEqual({ end: 'failed', failure: FAILURE, record: RECORD });
  });
  it('waits 250 ms for the record, and asks again after 50, 100, 200 ms', () => {
    const told = story().at(100, { type: 'end-heard', ending: { end: 'succeeded' } });
    const at = [told.life.lookAt!];
    for (let count = 0; count < 3; count++) {
      told.at(at.at(-1)!, due).looked(at.at(-1)!, running);
      at.push(told.life.lookAt!);
    }
    expect(at).toEqual([350, 400, 500, 700]);
  });
  it('that failed is told after 2 s without a server to ask', () => {
    const told = story().at(100, { type: 'end-heard', ending: { end: 'failed', failure: FAILURE } });
    for (let now = 350; !told.life.verdict && now < 10_000; now = told.life.lookAt!)
      told.at(now, due).looked(now, away);
    expect(told.life.verdict).toEqual({ end: 'failed', failure: FAILURE });
  });
  it('is asked for as soon as the queue moves after it', () => {
    const told = story().at(100, { type: 'end-heard', ending: { end: 'succeeded' } });
    told.at(110, { type: 'queue-moved', isShorter: false });
    expect(told.effects).toEqual(['look']);
  });
  it('never changes', () => {
    const told = story()
      .at(100, { type: 'end-heard', ending: { end: 'succeeded' } })
      .at(350, due);
    told.looked(360, { kind: 'ended', record: RECORD });
    const { verdict } = told.life;
    told.at(
      400,
      { type: 'end-heard', ending: { end: 'canceled' } },
      { type: 'stopped', verdict: { end: 'canceled' } },
      due,
    );
    told.at(500, { type: 'end-heard', ending: { end: 'succeeded' } }, { type: 'cancel-asked' }, { type: 'linked' });
    expect(told.life.verdict).toBe(verdict);
    expect(told.life.contradictions).toBe(1);
    expect(told.life.lookAt).toBeUndefined();
  });
});

describe('a machine that slept for hours', () => {
  it('gives a job up only after several questions', () => {
    const told = story().at(500, { type: 'heard' }).at(1010, due);
    told.at(36_000_000, due).looked(36_000_000, away);
    expect(told.life.verdict).toBeUndefined();
    expect(told.life.lookAt).toBeDefined();
  });
});
