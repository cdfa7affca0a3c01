import { expect, it } from 'vitest';
import { neighbourOf } from '../../src/canvas/neighbour.ts';
import { shortcutOf, SHORTCUTS } from '../../src/canvas/shortcuts.ts';
import { canvasStrings } from '../../src/strings/canvas.ts';

const press = (key: string, modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
  shortcutOf({
    key,
    code: key === ' ' ? 'Space' : '',
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...modifiers,
  })?.name;

it('presses are what people expect, on every keyboard', () => {
  expect(press(' ')).toBe('search');
  expect(press('z', { ctrlKey: true })).toBe('undo');
  expect(press('Z', { metaKey: true, shiftKey: true })).toBe('redo');
  expect(press('?', { shiftKey: true })).toBe('help');
  expect(press('?')).toBe('help');
  expect(press('ArrowLeft', { altKey: true })).toBe('neighbour');
  expect(press('Enter', { ctrlKey: true, shiftKey: true })).toBe('runUpTo');
  expect(press('q')).toBeUndefined();
  expect(press('m', { ctrlKey: true })).toBeUndefined();
});

it('no press means two things, and the list names every one', () => {
  const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
  expect(keys.length).toBeGreaterThan(25);
  expect(new Set(keys).size).toBe(keys.length);
  const listed = Object.keys(canvasStrings.en.shortcuts.keys).sort();
  expect(SHORTCUTS.map(({ name }) => name).sort()).toEqual(listed);
});

it('the next node that way is the one ahead, not one that is nearer aside', () => {
  const at = (id: string, x: number, y: number) => ({ id, middle: { x, y } });
  const all = [at('here', 0, 0), at('ahead', 300, 40), at('aside', 60, 200), at('behind', -50, 0)];
  const [here] = all;
  if (!here) throw new Error('There is no node.');
  expect(neighbourOf(here, all, { x: 1, y: 0 })).toBe('ahead');
  expect(neighbourOf(here, all, { x: -1, y: 0 })).toBe('behind');
  expect(neighbourOf(here, all, { x: 0, y: 1 })).toBe('aside');
  expect(neighbourOf(here, all, { x: 0, y: -1 })).toBeUndefined();
});
