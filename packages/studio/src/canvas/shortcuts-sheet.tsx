/** The list of keys. */
import { useCallback } from 'react';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import { Dialog } from './dialog.tsx';
import { SHORTCUTS, showKeys } from './shortcuts.ts';
import type { ShortcutGroup } from './shortcuts.ts';

const GROUPS: readonly ShortcutGroup[] = ['edit', 'select', 'view', 'run'];

export function ShortcutsSheet(): React.JSX.Element {
  const { actions } = useCanvas();
  const { shortcuts: strings } = useCanvasStrings();
  const close = useCallback(() => actions.show(undefined), [actions]);
  const isMac = navigator.userAgent.includes('Mac');
  return (
    <Dialog label={strings.title} className="window shortcuts" onClose={close}>
      <header className="dialog-header">
        <h2>{strings.title}</h2>
      </header>
      <div className="dialog-content shortcut-groups">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{strings.groups[group]}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ name, keys }) => (
                <div key={name}>
                  <dt>{strings.keys[name]}</dt>
                  <dd>
                    <kbd>{showKeys(keys, isMac)}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <footer className="dialog-footer">
        <span>{strings.slots}</span>
        <button type="button" className="primary" onClick={close}>
          {strings.close}
        </button>
      </footer>
    </Dialog>
  );
}
