/** Where links enter or leave the subgraph that is open. */
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { EndNode } from './flow-types.ts';
import { END_HEADER, END_ROW, END_WIDTH } from './end-layout.ts';
import { Slot } from './slot.tsx';

export const EndView = memo(function EndView({ id, data: { side, slots, name }, selected }: NodeProps<EndNode>) {
  return (
    <div className="node end" data-selected={selected || undefined} style={{ width: END_WIDTH }}>
      <header className="node-header" style={{ height: END_HEADER }}>
        <span className="node-title">{name}</span>
      </header>
      {slots.map((slot, at) => (
        <div key={slot.name} className="node-row slot-pair" style={{ height: END_ROW }}>
          <Slot
            node={id}
            side={side === 'inputs' ? 'output' : 'input'}
            name={side === 'inputs' ? '' : slot.name}
            label={slot.name}
            type={slot.type}
            slot={side === 'inputs' ? at : 0}
            isLinked
            isRequired
            isStale={false}
            problem={undefined}
          />
        </div>
      ))}
    </div>
  );
});
