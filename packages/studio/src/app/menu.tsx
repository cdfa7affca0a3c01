import { useEffect, useRef, useState } from 'react';
import type { Settings } from '../session/settings.ts';
import { useStore } from '../session/store.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { downloadWorkflow, openExample, openFile, saveToServer } from './files.ts';
import { Icon } from './icons.tsx';
import type { IconName } from './icons.tsx';
import { usePage } from './page-context.tsx';

const LANGUAGE_NAMES = { en: 'English', zh: '中文' } as const;

/** The menu at the end of the top bar. Arrow keys walk through it, Escape leaves it. */
export function Menu(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { session, screen, otherServer } = usePage();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const settings = useStore(session.settings, whole);

  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: PointerEvent): void => {
      const { target } = event;
      if (target instanceof Node && !place.current?.contains(target) && !opener.current?.contains(target))
        setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    place.current?.querySelector<HTMLElement>('button')?.focus();
    return () => document.removeEventListener('pointerdown', leave);
  }, [isOpen]);

  const shut = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  const walk = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') return shut();
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    const items = [...(place.current?.querySelectorAll<HTMLElement>('button, select') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  };
  const item = (icon: IconName, label: string, act: () => void): React.JSX.Element => (
    <button
      type="button"
      className="menu-item"
      onClick={() => {
        shut();
        act();
      }}
    >
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
  const save = (): void => {
    const { savedAs } = session.workspace.store.get();
    if (savedAs === undefined) screen.set((state) => ({ ...state, opened: { kind: 'save' } }));
    else void saveToServer(session, t, savedAs);
  };

  return (
    <div className="menu">
      <button
        ref={opener}
        type="button"
        className="icon-button"
        aria-label={t.menu}
        title={t.menu}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="menu" />
      </button>
      {isOpen && (
        <div ref={place} className="menu-sheet" role="group" aria-label={t.menu} onKeyDown={walk}>
          {item('file', t.menuNew, () => session.workspace.startAnew(t.untitled))}
          {item('folder', t.menuOpen, () => chooser.current?.click())}
          {item('folder', t.menuOpenServer, () => screen.set((state) => ({ ...state, opened: { kind: 'files' } })))}
          {item('upload', t.menuSave, save)}
          {item('download', t.menuDownload, () => downloadWorkflow(session))}
          {item('gallery', t.menuExample, () => openExample(session, t))}
          {item('link', otherServer === undefined ? t.otherServer : t.backHome, () => {
            if (otherServer === undefined) screen.set((state) => ({ ...state, opened: { kind: 'server' } }));
            else location.search = '';
          })}
          <hr />
          <label className="menu-choice">
            <span>{t.theme}</span>
            <select
              value={settings.theme}
              onChange={({ target }) =>
                session.settings.set((now) => ({ ...now, theme: target.value as Settings['theme'] }))
              }
            >
              <option value="system">{t.themes.system}</option>
              <option value="light">{t.themes.light}</option>
              <option value="dark">{t.themes.dark}</option>
            </select>
          </label>
          <label className="menu-choice">
            <span>{t.language}</span>
            <select
              value={settings.language}
              onChange={({ target }) =>
                session.settings.set((now) => ({ ...now, language: target.value as Settings['language'] }))
              }
            >
              <option value="system">{t.languageSystem}</option>
              <option value="en" lang="en">
                {LANGUAGE_NAMES.en}
              </option>
              <option value="zh" lang="zh">
                {LANGUAGE_NAMES.zh}
              </option>
            </select>
          </label>
        </div>
      )}
      <input
        ref={chooser}
        type="file"
        accept=".json,application/json,image/png,image/webp"
        hidden
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) void openFile(session, t, file);
          target.value = '';
        }}
      />
    </div>
  );
}

const whole = (settings: Settings): Settings => settings;
