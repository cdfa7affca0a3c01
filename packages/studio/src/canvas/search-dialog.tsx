/** Finds a node to add: by name, alias or category, and only what fits a link that was dropped. */
import { useCallback, useMemo } from 'react';
import { createSearch } from '../catalogue/index.ts';
import type { Catalogue, NodeSearch, SearchHit } from '../catalogue/index.ts';
import { addNode, connect } from '../document/index.ts';
import type { Edit } from '../document/index.ts';
import type { Point } from '../document/types.ts';
import { PickList } from '../widgets/index.ts';
import type { PickItem } from '../widgets/index.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import type { SlotRef } from './canvas-state.ts';
import { Dialog } from './dialog.tsx';
import { colourOfType } from './link-colour.ts';

const MOST_FOUND = 60;

/** Made once for a catalogue: it reads every node. */
const searches = new WeakMap<Catalogue, NodeSearch>();
function searchOf(catalogue: Catalogue): NodeSearch {
  const known = searches.get(catalogue);
  if (known) return known;
  const made = createSearch(catalogue);
  searches.set(catalogue, made);
  return made;
}

export function SearchDialog({
  at,
  from,
}: {
  readonly at: Point;
  readonly from: SlotRef | undefined;
}): React.JSX.Element {
  const { actions, props } = useCanvas();
  const strings = useCanvasStrings();
  const { catalogue } = props();
  const search = useMemo(() => searchOf(catalogue), [catalogue]);
  const close = useCallback(() => actions.show(undefined), [actions]);
  const wanted = from && { type: from.type, end: from.side === 'output' ? ('takes' as const) : ('gives' as const) };
  const find = (query: string): SearchHit[] => search.find(query, { wanted, limit: MOST_FOUND });

  const add = (type: string): void => {
    const hit = search
      .find('', { wanted, limit: Number.MAX_SAFE_INTEGER })
      .find(({ definition }) => definition.type === type);
    close();
    const point = actions.place(at);
    actions.editAndSelect((document) => {
      const { path } = props();
      const added = addNode(document, path, type, from ? beside(point, from) : point, catalogue);
      return from && hit && added.kind === 'done' ? linked(added, from, hit) : added;
    });
  };

  /** The new node, fed by the slot or feeding it. */
  const linked = (added: Extract<Edit, { kind: 'done' }>, slot: SlotRef, hit: SearchHit): Edit => {
    const [node] = added.made;
    if (node === undefined) return added;
    const { path } = props();
    const done =
      slot.side === 'output'
        ? hit.input !== undefined &&
          connect(
            added.document,
            path,
            { from: { node: slot.node, slot: slot.slot }, to: { node, input: hit.input } },
            catalogue,
          )
        : hit.output !== undefined &&
          connect(
            added.document,
            path,
            { from: { node, slot: hit.output }, to: { node: slot.node, input: slot.input } },
            catalogue,
          );
    return done && done.kind === 'done' ? { ...done, made: added.made } : added;
  };

  return (
    <Dialog label={strings.search.title} className="search" onClose={close} at={at}>
      <PickList
        label={strings.search.label}
        none={strings.search.none}
        find={(query) => find(query).map(itemOf)}
        onPick={add}
      >
        {from && (
          <p className="search-wanted">
            <span className="type-dot" style={{ background: colourOfType(from.type) }} />
            {strings.search.fits(from.type)}
          </p>
        )}
      </PickList>
    </Dialog>
  );
}

const itemOf = ({ definition: { type, name, category, description } }: SearchHit): PickItem => ({
  key: type,
  label: name,
  detail: category.join(' › '),
  title: description || type,
});

/** A node that feeds a slot stands left of where the link was dropped. */
const beside = (point: Point, { side }: SlotRef): Point =>
  side === 'output' ? { x: point.x, y: point.y - 24 } : { x: point.x - 288, y: point.y - 24 };
