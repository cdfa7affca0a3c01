/** Menus: of a node, and of the empty canvas. */
import { useCallback, useEffect, useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { Point } from '../document/types.ts';
import { Dialog } from './dialog.tsx';

export interface MenuEntry {
  readonly key: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly onPick: () => void;
  /** A line is drawn above it. */
  readonly startsSection?: boolean | undefined;
  readonly isDangerous?: boolean | undefined;
}

export interface MenuProps {
  readonly label: string;
  readonly at: Point;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function Menu({ label, at, entries, onClose, children }: MenuProps): React.JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const items = useCallback(() => [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])], []);
  useEffect(() => items()[0]?.focus(), [items]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = items();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const step = STEPS[event.key];
    if (step !== undefined) all[(now + step + all.length) % all.length]?.focus();
    else if (event.key === 'Home') all[0]?.focus();
    else if (event.key === 'End') all.at(-1)?.focus();
    else if (event.key.length === 1 && /\S/.test(event.key)) {
      const letter = event.key.toLowerCase();
      const after = [...all.slice(now + 1), ...all.slice(0, now + 1)];
      after.find(({ textContent }) => textContent.trim().toLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <Dialog label={label} className="menu" onClose={onClose} at={at}>
      <div ref={list} role="menu" aria-label={label} onKeyDown={onKeyDown}>
        {entries.map(({ key, label: text, hint, onPick, startsSection, isDangerous }) => (
          <button
            key={key}
            type="button"
            role="menuitem"
            tabIndex={-1}
            data-section={startsSection || undefined}
            data-dangerous={isDangerous || undefined}
            onClick={() => {
              onClose();
              onPick();
            }}
          >
            <span>{text}</span>
            {hint !== undefined && <kbd>{hint}</kbd>}
          </button>
        ))}
        {children}
      </div>
    </Dialog>
  );
}
