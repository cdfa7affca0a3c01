/** An end of links: a dot to drag from, and a name that lists what it can be linked with. */
import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import type { CSSProperties } from 'react';
import { useCanvas, useCanvasState, useCanvasStrings } from './canvas-context.ts';
import type { CanvasState, SlotRef } from './canvas-state.ts';
import { colourOfType } from './link-colour.ts';
import { inputHandle, outputHandle } from './node-layout.ts';

export interface SlotProps {
  readonly node: string;
  readonly side: 'input' | 'output';
  readonly name: string;
  readonly label: string;
  readonly type: string;
  /** Position of an output. */
  readonly slot: number;
  readonly isLinked: boolean;
  readonly isRequired: boolean;
  readonly isStale: boolean;
  readonly problem: string | undefined;
}

const linkingOf = ({ linking }: CanvasState): SlotRef | undefined => linking;

export const SlotDot = memo(function SlotDot({
  node,
  side,
  name,
  type,
  slot,
  isLinked,
}: Omit<SlotProps, 'label' | 'isRequired' | 'isStale' | 'problem'>) {
  const { actions } = useCanvas();
  const linking = useCanvasState(linkingOf);
  const fit = linking && fitOf(linking, { node, side, input: name, slot, type }, actions.canConnect);
  const isInput = side === 'input';
  return (
    <Handle
      className="slot-dot"
      id={isInput ? inputHandle(name) : outputHandle(slot)}
      type={isInput ? 'target' : 'source'}
      position={isInput ? Position.Left : Position.Right}
      data-linked={isLinked || undefined}
      data-fit={fit}
      style={{ '--type': colourOfType(type) } as CSSProperties}
    />
  );
});

/** The slot that the link comes from, one that it may go to, or one that it may not. */
function fitOf(
  from: SlotRef,
  to: SlotRef,
  canConnect: ReturnType<typeof useCanvas>['actions']['canConnect'],
): 'self' | 'yes' | 'no' {
  if (from.node === to.node && from.side === to.side && from.input === to.input && from.slot === to.slot) return 'self';
  if (from.side === to.side) return 'no';
  const [output, input] = from.side === 'output' ? [from, to] : [to, from];
  const ends = { from: { node: output.node, slot: output.slot }, to: { node: input.node, input: input.input } };
  return canConnect(ends) ? 'yes' : 'no';
}

export const Slot = memo(function Slot(props: SlotProps) {
  const { node, side, name, label, type, slot, isLinked, isRequired, isStale, problem } = props;
  const { actions } = useCanvas();
  const strings = useCanvasStrings();
  const said = side === 'input' ? strings.inputSlot(label, type) : strings.outputSlot(label, type);
  return (
    <div className="slot" data-side={side} data-optional={(!isRequired && side === 'input') || undefined}>
      <SlotDot node={node} side={side} name={name} type={type} slot={slot} isLinked={isLinked} />
      <button
        type="button"
        className="slot-name nodrag nopan"
        aria-label={isLinked ? `${said}, ${strings.slotIsLinked}` : said}
        aria-haspopup="listbox"
        title={isStale ? strings.staleInput : type}
        data-stale={isStale || undefined}
        data-problem={problem !== undefined || undefined}
        onClick={(event) =>
          actions.show({
            kind: 'link',
            from: { node, side, input: name, slot, type },
            anchor: event.currentTarget.getBoundingClientRect(),
          })
        }
      >
        {label}
      </button>
    </div>
  );
});
