/** A list to pick from: searched by typing, walked with the arrow keys. */
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

export interface PickItem {
  readonly key: string;
  readonly label: string;
  /** Beside the label, quieter. */
  readonly detail?: string | undefined;
  readonly mark?: ReactNode;
  readonly isChosen?: boolean | undefined;
  readonly title?: string | undefined;
}

export interface PickListProps {
  readonly label: string;
  /** What fits the query, best first. */
  readonly find: (query: string) => readonly PickItem[];
  readonly onPick: (key: string) => void;
  readonly none: string;
  /** Several can be picked, one after the other. */
  readonly isMultiple?: boolean | undefined;
  readonly hasSearch?: boolean | undefined;
  readonly children?: ReactNode;
}

export function PickList({
  label,
  find,
  onPick,
  none,
  isMultiple,
  hasSearch = true,
  children,
}: PickListProps): React.JSX.Element {
  const id = useId();
  const [query, setQuery] = useState('');
  const items = find(query);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      items.findIndex(({ isChosen }) => isChosen),
    ),
  );
  const at = Math.min(active, items.length - 1);
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  // where it stands in a dialog, the dialog would take the focus for its first button
  useEffect(() => input.current?.focus(), []);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step !== undefined && items.length) {
      event.preventDefault();
      setActive(Math.max(0, Math.min(items.length - 1, at + step)));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const item = items[at];
      if (item) onPick(item.key);
    }
    // keys are for the list, not for the canvas around it
    if (event.key !== 'Escape' && event.key !== 'Tab') event.stopPropagation();
  };

  return (
    <div className="pick nodrag nopan nowheel">
      <input
        ref={input}
        className={hasSearch ? 'pick-search' : 'pick-search visually-hidden'}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-autocomplete="list"
        aria-controls={id}
        aria-activedescendant={items.length ? `${id}-${at}` : undefined}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {children}
      <ul ref={list} id={id} className="pick-list" role="listbox" aria-label={label} aria-multiselectable={isMultiple}>
        {items.map((item, index) => (
          <li
            key={item.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={item.isChosen ?? index === at}
            data-active={index === at || undefined}
            data-chosen={item.isChosen || undefined}
            title={item.title}
            onPointerMove={() => index !== at && setActive(index)}
            onClick={() => onPick(item.key)}
          >
            {item.mark}
            <span className="pick-label">{item.label}</span>
            {item.detail !== undefined && <span className="pick-detail">{item.detail}</span>}
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className="pick-none">{none}</p>}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
