/** What can be done on the empty canvas. */
import { useCallback } from 'react';
import type { Point } from '../document/types.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import { Menu } from './menu.tsx';
import { pasteFromSystem } from './clipboard.ts';

export function PaneMenu({ at }: { readonly at: Point }): React.JSX.Element {
  const { actions } = useCanvas();
  const { menu } = useCanvasStrings();
  const close = useCallback(() => actions.show(undefined), [actions]);
  return (
    <Menu
      label={menu.paneTitle}
      at={at}
      onClose={close}
      entries={[
        {
          key: 'add',
          label: menu.add,
          hint: 'Space',
          onPick: () => actions.show({ kind: 'search', at, from: undefined }),
        },
        { key: 'paste', label: menu.paste, hint: 'Ctrl+V', onPick: () => void pasteFromSystem(actions, at) },
        { key: 'all', label: menu.selectAll, hint: 'Ctrl+A', startsSection: true, onPick: () => actions.selectAll() },
        { key: 'layOut', label: menu.layOut, hint: 'L', onPick: () => actions.layOut() },
        {
          key: 'help',
          label: menu.shortcuts,
          hint: '?',
          startsSection: true,
          onPick: () => actions.show({ kind: 'shortcuts' }),
        },
      ]}
    />
  );
}
