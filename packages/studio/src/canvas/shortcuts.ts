/** Every key of the canvas, in one table: the handler and the list that people read are made of it. */
import type { CanvasStrings } from '../strings/canvas.ts';

export type ShortcutName = keyof CanvasStrings['shortcuts']['keys'];
export type ShortcutGroup = keyof CanvasStrings['shortcuts']['groups'];

export interface Shortcut {
  readonly name: ShortcutName;
  readonly group: ShortcutGroup;
  /** As `Ctrl+Shift+Z`; Ctrl is Cmd on a Mac. The first one is shown. */
  readonly keys: readonly string[];
  /** It changes the workflow. */
  readonly isEdit?: boolean | undefined;
  /** Also while something is typed. */
  readonly isEverywhere?: boolean | undefined;
}

const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

export const SHORTCUTS: readonly Shortcut[] = [
  { name: 'search', group: 'edit', keys: ['Space'], isEdit: true },
  { name: 'remove', group: 'edit', keys: ['Delete', 'Backspace'], isEdit: true },
  { name: 'copy', group: 'edit', keys: ['Ctrl+C'] },
  { name: 'cut', group: 'edit', keys: ['Ctrl+X'], isEdit: true },
  { name: 'paste', group: 'edit', keys: ['Ctrl+V'], isEdit: true },
  { name: 'duplicate', group: 'edit', keys: ['Ctrl+D'], isEdit: true },
  { name: 'undo', group: 'edit', keys: ['Ctrl+Z'], isEdit: true },
  { name: 'redo', group: 'edit', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], isEdit: true },
  { name: 'mute', group: 'edit', keys: ['M'], isEdit: true },
  { name: 'bypass', group: 'edit', keys: ['B'], isEdit: true },
  { name: 'collapse', group: 'edit', keys: ['C'], isEdit: true },
  { name: 'rename', group: 'edit', keys: ['F2'], isEdit: true },
  { name: 'group', group: 'edit', keys: ['Ctrl+G'], isEdit: true },
  { name: 'subgraph', group: 'edit', keys: ['Ctrl+Shift+G'], isEdit: true },
  { name: 'layOut', group: 'edit', keys: ['L'], isEdit: true },
  { name: 'nudge', group: 'select', keys: ARROWS, isEdit: true },
  { name: 'nudgeFar', group: 'select', keys: ARROWS.map((arrow) => `Shift+${arrow}`), isEdit: true },
  { name: 'resize', group: 'select', keys: ARROWS.map((arrow) => `Ctrl+${arrow}`), isEdit: true },
  { name: 'neighbour', group: 'select', keys: ARROWS.map((arrow) => `Alt+${arrow}`) },
  { name: 'selectAll', group: 'select', keys: ['Ctrl+A'] },
  { name: 'enter', group: 'select', keys: ['Enter'] },
  { name: 'leave', group: 'select', keys: ['Escape'] },
  { name: 'menu', group: 'select', keys: ['Shift+F10', 'ContextMenu'] },
  { name: 'fit', group: 'view', keys: ['F', 'Home'] },
  { name: 'zoomIn', group: 'view', keys: ['+', '='] },
  { name: 'zoomOut', group: 'view', keys: ['-'] },
  { name: 'open', group: 'view', keys: ['O'] },
  { name: 'up', group: 'view', keys: ['U'] },
  { name: 'help', group: 'view', keys: ['?'] },
  { name: 'run', group: 'run', keys: ['Ctrl+Enter'], isEverywhere: true },
  { name: 'runUpTo', group: 'run', keys: ['Ctrl+Shift+Enter'], isEverywhere: true },
];

export interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The shortcut that a press is, undefined for others. */
export function shortcutOf(event: Pressed): Shortcut | undefined {
  const pressed = textOf(event);
  return SHORTCUTS.find(({ keys }) => keys.includes(pressed));
}

function textOf({ key, code, ctrlKey, metaKey, shiftKey, altKey }: Pressed): string {
  const isSign = key.length === 1 && !/[a-z ]/i.test(key);
  const name = code === 'Space' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  // signs are typed with Shift or without, as the keyboard has them
  const shift = shiftKey && !isSign ? 'Shift+' : '';
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shift}${name}`;
}

/** As people read it. */
export function showKeys(keys: readonly string[], isMac: boolean): string {
  const [first = ''] = keys;
  if (first.endsWith('ArrowLeft')) return `${first.slice(0, -'ArrowLeft'.length).replace('+', ' + ')}← → ↑ ↓`;
  return first.replace('Ctrl', isMac ? '⌘' : 'Ctrl').replaceAll(/(?<=.)\+(?=.)/g, ' + ');
}
