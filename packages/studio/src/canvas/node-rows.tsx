/** The rows of a node: slots, widgets, and the switch for what is rarely set. */
import { memo, useId } from 'react';
import { Widget } from '../widgets/index.ts';
import type { InputPort } from '../document/index.ts';
import type { DocumentNode } from '../document/types.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import type { PlacedRow } from './node-layout.ts';
import { Slot, SlotDot } from './slot.tsx';

export interface NodeRowsProps {
  readonly node: DocumentNode;
  readonly name: string;
  readonly rows: readonly PlacedRow[];
  readonly linkedOutputs: ReadonlySet<number>;
  /** See `WidgetProps`. */
  readonly revision: number;
}

export const NodeRows = memo(function NodeRows({ rows, ...shared }: NodeRowsProps) {
  return (
    <div className="node-rows">
      {rows.map((placed) => (
        <div key={placed.key} className="node-row" data-kind={placed.row.kind} style={{ height: placed.height }}>
          <RowContent {...shared} placed={placed} />
        </div>
      ))}
    </div>
  );
});

function RowContent({
  node,
  name,
  placed: { row, problem },
  linkedOutputs,
  revision,
}: Omit<NodeRowsProps, 'rows'> & { readonly placed: PlacedRow }): React.JSX.Element {
  const { actions } = useCanvas();
  const strings = useCanvasStrings();
  const problemId = useId();
  if (row.kind === 'advanced')
    return (
      <button type="button" className="node-advanced nodrag nopan" onClick={() => actions.toggleAdvanced(node.id)}>
        {row.isOpen ? strings.hideAdvanced : strings.showAdvanced(row.count)}
      </button>
    );
  return (
    <>
      {row.kind === 'widget' ? (
        <WidgetRow
          node={node}
          name={name}
          input={row.input}
          problem={problem}
          problemId={problemId}
          revision={revision}
        />
      ) : (
        <div className="slot-pair">
          {row.input ? <InputSlot node={node} input={row.input} problem={problem} /> : <span />}
          {row.output && (
            <Slot
              node={node.id}
              side="output"
              name=""
              label={row.output.name}
              type={row.output.type}
              slot={row.output.slot}
              isLinked={linkedOutputs.has(row.output.slot)}
              isRequired
              isStale={false}
              problem={undefined}
            />
          )}
        </div>
      )}
      {problem !== undefined && (
        <p className="problem" id={problemId} title={problem}>
          {problem}
        </p>
      )}
    </>
  );
}

interface InputProps {
  readonly node: DocumentNode;
  readonly input: InputPort;
  readonly problem: string | undefined;
}

function InputSlot({ node, input, problem }: InputProps): React.JSX.Element {
  return (
    <Slot
      node={node.id}
      side="input"
      name={input.name}
      label={input.label}
      type={input.type}
      slot={0}
      isLinked={input.link !== undefined}
      isRequired={input.isRequired}
      isStale={input.isStale}
      problem={problem}
    />
  );
}

function WidgetRow({
  node,
  name,
  input,
  problem,
  problemId,
  revision,
}: InputProps & {
  readonly name: string;
  readonly problemId: string;
  readonly revision: number;
}): React.JSX.Element {
  const { actions } = useCanvas();
  const { widget, label, isSocket, link } = input;
  if (link !== undefined || !widget) return <InputSlot node={node} input={input} problem={problem} />;
  return (
    <>
      {isSocket && (
        <SlotDot node={node.id} side="input" name={input.name} type={input.type} slot={0} isLinked={false} />
      )}
      <div className="widget" data-kind={widget.kind} title={input.definition?.tooltip}>
        <span className="widget-label">{label}</span>
        <Widget
          definition={widget}
          label={`${label}, ${name}`}
          value={node.values.get(input.name)}
          onChange={(value) => actions.setValue(node.id, input.name, value)}
          control={input.control}
          onControl={(control) => actions.setControl(node.id, input.name, control)}
          problem={problem}
          problemId={problemId}
          revision={revision}
        />
      </div>
    </>
  );
}
