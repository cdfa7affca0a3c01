/** A frame around nodes that belong together. */
import { NodeResizeControl } from '@xyflow/react';
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { CSSProperties } from 'react';
import { useCanvas, useCanvasState } from './canvas-context.ts';
import type { GroupNode } from './flow-types.ts';
import { TitleField } from './title-field.tsx';

/** A frame without room for a title is of no use. */
const SMALLEST = 96;

export const GroupView = memo(function GroupView({ id, data: { group }, selected }: NodeProps<GroupNode>) {
  const { actions, state } = useCanvas();
  const isRenaming = useCanvasState(({ renaming }) => renaming === id);
  return (
    <div
      className="group"
      data-selected={selected || undefined}
      style={{ '--group-colour': group.colour } as CSSProperties}
    >
      <div
        className="group-title"
        onDoubleClick={(event) => {
          event.stopPropagation();
          state.set((now) => ({ ...now, renaming: id }));
        }}
      >
        {isRenaming ? (
          <TitleField
            value={group.title}
            onDone={(title) => title !== undefined && actions.renameGroup(group.id, title)}
          />
        ) : (
          group.title
        )}
      </div>
      {selected && (
        <NodeResizeControl
          className="corner"
          minWidth={SMALLEST}
          minHeight={SMALLEST}
          onResizeEnd={(_event, { width, height }) => actions.resizeGroup(group.id, { width, height })}
        />
      )}
    </div>
  );
});
