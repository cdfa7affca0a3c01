/** Links without a mouse: everything that a slot can be linked with. */
import { useCallback, useMemo } from 'react';
import { linksOf, portsOf } from '../document/index.ts';
import type { LinkEnds } from '../document/index.ts';
import { PickList } from '../widgets/index.ts';
import type { PickItem } from '../widgets/index.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import type { SlotRef } from './canvas-state.ts';
import { Dialog } from './dialog.tsx';
import { colourOfType } from './link-colour.ts';

/** Keys of the entries that are no slots. */
const ADD = '+';
const REMOVE = '-';

interface Partner {
  readonly item: PickItem;
  readonly ends: LinkEnds;
}

export function LinkMenu({ from, anchor }: { readonly from: SlotRef; readonly anchor: DOMRect }): React.JSX.Element {
  const { actions, props } = useCanvas();
  const strings = useCanvasStrings();
  const close = useCallback(() => actions.show(undefined), [actions]);
  const { document, path, catalogue } = props();
  const graph = actions.open();

  const partners = useMemo((): readonly Partner[] => {
    const found: Partner[] = [];
    for (const node of graph?.nodes.values() ?? []) {
      if (node.id === from.node) continue;
      const ports = portsOf(document, path, node, catalogue);
      const title = node.title ?? ports.name;
      const add = (ends: LinkEnds, label: string, type: string): void => {
        if (!actions.canConnect(ends)) return;
        const mark = <span className="type-dot" style={{ background: colourOfType(type) }} />;
        found.push({ ends, item: { key: String(found.length), label: `${title} · ${label}`, detail: type, mark } });
      };
      if (from.side === 'output')
        for (const { name, label, type, isSocket } of ports.inputs) {
          if (isSocket)
            add({ from: { node: from.node, slot: from.slot }, to: { node: node.id, input: name } }, label, type);
        }
      else
        for (const { slot, name, type } of ports.outputs)
          add({ from: { node: node.id, slot }, to: { node: from.node, input: from.input } }, name, type);
    }
    return found;
  }, [actions, catalogue, document, from, graph, path]);
  const own = useMemo(
    () =>
      graph
        ? linksOf(graph, from.node).filter((link) =>
            from.side === 'output'
              ? link.from.node === from.node && link.from.slot === from.slot
              : link.to.node === from.node && link.to.input === from.input,
          )
        : [],
    [graph, from],
  );

  const find = (query: string): PickItem[] => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = partners.filter(({ item }) =>
      words.every((word) => `${item.label} ${item.detail ?? ''}`.toLowerCase().includes(word)),
    );
    const items = fitting.map(({ item }) => item);
    if (words.length) return items;
    if (own.length)
      items.push({ key: REMOVE, label: own.length > 1 ? strings.linkMenu.removeAll : strings.linkMenu.remove });
    return [...items, { key: ADD, label: strings.linkMenu.add }];
  };
  const pick = (key: string): void => {
    if (key === ADD) {
      actions.show({ kind: 'search', at: { x: anchor.left, y: anchor.bottom }, from });
      return;
    }
    close();
    if (key === REMOVE) actions.disconnect(own.map(({ id }) => id));
    const partner = partners[Number(key)];
    if (key !== REMOVE && partner) actions.connect(partner.ends);
  };

  const at = useMemo(() => ({ x: anchor.left, y: anchor.bottom + 4 }), [anchor]);
  return (
    <Dialog label={strings.linkMenu.title(from.input || from.type)} className="search" onClose={close} at={at}>
      <PickList label={strings.linkMenu.label} none={strings.linkMenu.none} find={find} onPick={pick} />
    </Dialog>
  );
}
