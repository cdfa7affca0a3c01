/** What can be done with a node, or with all that are selected with it. */
import { useCallback } from 'react';
import { graphAt, portsOf, promptIdOf } from '../document/index.ts';
import type { Point } from '../document/types.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import { useCopyReport } from './failure-dialog.tsx';
import { Menu } from './menu.tsx';
import type { MenuEntry } from './menu.tsx';

/** Calm ones, of one lightness; texts on nodes stand on the surface, not on them. */
const COLOURS = [
  ['red', '#b4534e'],
  ['orange', '#b87333'],
  ['yellow', '#a58a2a'],
  ['green', '#4f8a5b'],
  ['blue', '#4a7fb0'],
  ['purple', '#8a66b0'],
  ['grey', '#77787c'],
] as const;

export function NodeMenu({
  node: id,
  at,
}: {
  readonly node: string;
  readonly at: Point;
}): React.JSX.Element | undefined {
  const { actions, props, runs, state } = useCanvas();
  const strings = useCanvasStrings();
  const close = useCallback(() => actions.show(undefined), [actions]);
  const copyReport = useCopyReport();
  const { document, path, catalogue, isReadOnly } = props();
  const node = graphAt(document, path)?.nodes.get(id);
  if (!node) return undefined;
  const { menu } = strings;
  const ports = portsOf(document, path, node, catalogue);
  const { failure } = runs.get(promptIdOf({ path, node: id }));
  const isSubgraph = ports.role === 'subgraph';
  const run: MenuEntry[] = [
    { key: 'run', label: menu.runUpTo, hint: 'Shift+Ctrl+Enter', onPick: () => actions.runUpTo(id) },
    { key: 'batch', label: menu.batch, onPick: () => actions.show({ kind: 'batch', node: id, input: undefined }) },
  ];
  if (failure) run.push({ key: 'report', label: menu.copyReport, onPick: () => copyReport(failure) });
  const edit: MenuEntry[] = [
    ...(isSubgraph
      ? [
          { key: 'open', label: menu.open, hint: 'Enter', startsSection: true, onPick: () => actions.enter(id) },
          { key: 'unpack', label: menu.unpack, onPick: () => void actions.unpack(id) },
        ]
      : []),
    {
      key: 'mute',
      label: node.mode === 'muted' ? menu.unmute : menu.mute,
      hint: 'M',
      startsSection: true,
      onPick: () => actions.toggleMode('muted'),
    },
    {
      key: 'bypass',
      label: node.mode === 'bypassed' ? menu.unbypass : menu.bypass,
      hint: 'B',
      onPick: () => actions.toggleMode('bypassed'),
    },
    {
      key: 'collapse',
      label: node.isCollapsed ? menu.expand : menu.collapse,
      hint: 'C',
      onPick: () => actions.toggleCollapsed(),
    },
    {
      key: 'rename',
      label: menu.rename,
      hint: 'F2',
      onPick: () => state.set((now) => ({ ...now, renaming: id })),
    },
    { key: 'copy', label: menu.copy, hint: 'Ctrl+C', startsSection: true, onPick: () => void actions.copy() },
    { key: 'duplicate', label: menu.duplicate, hint: 'Ctrl+D', onPick: () => void actions.duplicate() },
    { key: 'group', label: menu.group, hint: 'Ctrl+G', onPick: () => void actions.group() },
    { key: 'subgraph', label: menu.subgraph, hint: 'Shift+Ctrl+G', onPick: () => void actions.makeSubgraph() },
    {
      key: 'remove',
      label: menu.remove,
      hint: 'Del',
      startsSection: true,
      isDangerous: true,
      onPick: () => actions.removeSelection(),
    },
  ];
  const colour = (value: string | undefined): void => {
    close();
    actions.colour(value);
  };
  return (
    <Menu
      label={menu.title(node.title ?? ports.name)}
      at={at}
      entries={isReadOnly ? run : [...run, ...edit]}
      onClose={close}
    >
      {!isReadOnly && (
        <div className="menu-colours" role="group" aria-label={menu.colour}>
          {COLOURS.map(([name, value]) => (
            <button
              key={name}
              type="button"
              role="menuitemradio"
              tabIndex={-1}
              aria-checked={node.colour === value}
              aria-label={`${menu.colour}: ${strings.colours[name]}`}
              title={strings.colours[name]}
              style={{ background: value }}
              onClick={() => colour(value)}
            />
          ))}
          <button
            type="button"
            role="menuitemradio"
            tabIndex={-1}
            aria-checked={node.colour === undefined}
            aria-label={menu.noColour}
            title={menu.noColour}
            onClick={() => colour(undefined)}
          />
        </div>
      )}
    </Menu>
  );
}
