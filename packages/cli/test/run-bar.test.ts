import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from '@snug/protocol';
import { barLine, barText, clockText } from '../src/run/bar.ts';
import { columnsOf, cutToColumns, fitColumns } from '../src/run/columns.ts';
import { LiveLines } from '../src/run/live-lines.ts';

const view = { name: 'photo.json', share: 0.5, label: 'Sharpen', steps: undefined, secondsLeft: undefined };

describe('the bar of a run', () => {
  test('fills in eighths of a column', () => {
    expect(barText(0, 4)).toBe('░░░░');
    expect(barText(0.5, 4)).toBe('██░░');
    expect(barText(0.53125, 4)).toBe('██▏░');
    expect(barText(1, 4)).toBe('████');
    expect(barText(7, 4)).toBe('████');
    expect(barText(-1, 4)).toBe('░░░░');
  });

  test('shows the share, the node, its steps and the time that is left', () => {
    const line = barLine({ ...view, steps: { value: 3, max: 20 }, secondsLeft: 12.4 }, 80);
    expect(line).toBe('photo.json  ██████████░░░░░░░░░░  50%  0:12 left  Sharpen 3/20');
  });

  test('says 100 % only for what has ended', () => {
    expect(barLine({ ...view, share: 0.999 }, 80)).toContain(' 99%');
    expect(barLine({ ...view, share: 1 }, 80)).toContain('100%');
  });

  test('cuts the label before the steps and the time', () => {
    const long = { ...view, label: 'Sharpen the raccoon a little', steps: { value: 3, max: 20 }, secondsLeft: 12 };
    expect(barLine(long, 56)).toBe('photo.json  ███████░░░░░░░  50%  0:12 left  Sharpe… 3/20');
  });

  test('fits into any terminal', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map(plainText);
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.double({ min: 0, max: 1, noNaN: true }),
        count,
        fc.nat(300),
        (name, label, share, max, columns) => {
          const line = barLine({ name, label, share, steps: { value: max, max }, secondsLeft: max }, columns);
          expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(columns, 0));
        },
      ),
      { seed: 7 },
    );
  });

  test('tells hours apart from minutes', () => {
    expect(clockText(0.4)).toBe('0:00');
    expect(clockText(59.6)).toBe('1:00');
    expect(clockText(3599)).toBe('59:59');
    expect(clockText(3661)).toBe('1:01:01');
  });
});

describe('text in columns', () => {
  test('counts wide characters and emoji twice and marks not at all', () => {
    expect(columnsOf('raccoon')).toBe(7);
    expect(columnsOf('漢字')).toBe(4);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(columnsOf('🦝')).toBe(2);
  });

  test('never cuts a character in half', () => {
    expect(cutToColumns('漢字漢字', 8)).toBe('漢字漢字');
    expect(cutToColumns('漢字漢字', 6)).toBe('漢字…');
    expect(cutToColumns('漢字漢字', 5)).toBe('漢字…');
    expect(cutToColumns('🦝🦝🦝', 4)).toBe('🦝…');
    expect(cutToColumns('abc', 0)).toBe('');
    expect(columnsOf(fitColumns('漢字漢字', 6))).toBe(6);
  });

  test('takes what steers a terminal out of names', () => {
    expect(plainText('a\u001b[2Jb\nc\u202ed')).toBe('a [2Jb c d');
  });
});

describe('lines that are redrawn', () => {
  function terminal() {
    const written: string[] = [];
    return { written, write: (text: string) => void written.push(text), columns: 40, rows: 10 };
  }

  test('are drawn in one write, over the earlier ones', () => {
    const screen = terminal();
    let lines = ['one', 'two'];
    const live = new LiveLines(screen, () => lines);
    live.above(() => {});
    lines = ['three'];
    live.above(() => screen.write('stays\n'));
    live.close();
    expect(screen.written).toEqual([
      '\rone\u001b[K\n\rtwo\u001b[K\n',
      '\u001b[2A\r\u001b[0J',
      'stays\n',
      '\rthree\u001b[K\n',
      '\u001b[1A\r\u001b[0J',
    ]);
  });

  test('leave the last column free and never fill the whole screen', () => {
    const screen = { ...terminal(), rows: 3 };
    const asked: number[] = [];
    const live = new LiveLines(screen, (columns) => {
      asked.push(columns);
      return ['a', 'b', 'c', 'd'];
    });
    live.above(() => {});
    expect(asked).toEqual([39]);
    expect(screen.written[0]).toBe('\ra\u001b[K\n\rb\u001b[K\n');
  });

  test('are drawn at most once in 50 ms, the newest state last', async () => {
    const screen = terminal();
    let drawn = 0;
    const state = { count: 0 };
    const isLast = new Promise<void>((resolve) => {
      const live = new LiveLines(screen, () => {
        drawn++;
        if (state.count === 1000) resolve();
        return [String(state.count)];
      });
      live.above(() => {});
      for (; state.count < 1000; state.count++) live.refresh();
    });
    await isLast;
    expect(drawn).toBe(2);
    expect(screen.written.at(-1)).toBe('\u001b[1A\r1000\u001b[K\n');
  });
});
