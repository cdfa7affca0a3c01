/** A node, as it stands on the canvas. */
import { NodeResizeControl, Position, useStore as useFlowStore } from '@xyflow/react';
import type { NodeProps } from '@xyflow/react';
import { memo, useMemo } from 'react';
import type { CSSProperties } from 'react';
import { asObject } from '@snug/protocol/json';
import { linksOf } from '../document/index.ts';
import { HEADER_HEIGHT, leavesPictures } from '../document/node-size.ts';
import type { DocumentNode, NodeId } from '../document/types.ts';
import { useCanvas, useCanvasState, useCanvasStrings } from './canvas-context.ts';
import type { NodeRun } from './canvas-props.ts';
import { isFarAway, showsTitles } from './far-view.ts';
import type { WorkNode, WorkNodeData } from './flow-types.ts';
import { DOT } from './flow-nodes.ts';
import { NARROWEST } from './node-layout.ts';
import type { SlotPlace } from './node-layout.ts';
import { SlotDot } from './slot.tsx';
import { NodePictures } from './node-pictures.tsx';
import { NodeRows } from './node-rows.tsx';
import { ProgressRing } from './progress-ring.tsx';
import { useRunOf } from './subgraph-run.ts';
import { TitleField } from './title-field.tsx';

export const NodeView = memo(function NodeView({ data, selected, height }: NodeProps<WorkNode>) {
  const isFar = useFlowStore(isFarAway);
  const isTitled = useFlowStore(showsTitles);
  const run = useRunOf(data.promptIds);
  const { node, ports } = data;
  const name = node.title ?? ports.name;
  const look = {
    'data-state': run.state,
    'data-mode': node.mode,
    'data-role': ports.role,
    'data-selected': selected || undefined,
    'data-problem': data.problems.whole.length + data.problems.inputs.size > 0 || undefined,
    style: {
      '--node-colour': node.colour,
      '--picture-height': `${data.layout.pictureHeight}px`,
    } as CSSProperties,
  };
  if (isFar)
    return (
      <div className="node" data-far {...look} style={{ ...look.style, height }}>
        {isTitled && (
          <div className="node-header">
            <span className="node-title">{name}</span>
          </div>
        )}
        <LinkEnds slots={data.layout.slots} />
      </div>
    );
  return (
    <div className="node" data-collapsed={node.isCollapsed || undefined} {...look}>
      <Header data={data} run={run} name={name} />
      {node.isCollapsed ? <CollapsedSlots data={data} /> : <Body data={data} run={run} name={name} />}
      {selected && !node.isCollapsed && <Corner node={node.id} />}
    </div>
  );
});

/** xyflow looks for the ends of links in what is drawn, and draws no link without: these are there, and not to be seen. */
const LinkEnds = memo(function LinkEnds({ slots }: { readonly slots: readonly SlotPlace[] }) {
  return slots.map(({ side, id, at }) => (
    <i
      key={id}
      className={`link-end ${side === 'input' ? 'target' : 'source'}`}
      data-handleid={id}
      data-handlepos={side === 'input' ? Position.Left : Position.Right}
      style={{ left: at.x - DOT / 2, top: at.y - DOT / 2 }}
    />
  ));
});

/** Makes the node wider, and higher where it has texts or pictures. */
function Corner({ node }: { readonly node: NodeId }): React.JSX.Element | undefined {
  const { actions, props } = useCanvas();
  if (props().isReadOnly) return undefined;
  return (
    <NodeResizeControl
      className="corner"
      minWidth={NARROWEST}
      minHeight={HEADER_HEIGHT}
      onResize={(_event, { width, height }) => actions.resize(node, { width, height })}
    />
  );
}

interface PartProps {
  readonly data: WorkNodeData;
  readonly run: NodeRun;
  readonly name: string;
}

function Header({ data: { node, ports }, run, name }: PartProps): React.JSX.Element {
  const { actions } = useCanvas();
  const strings = useCanvasStrings();
  const isRenaming = useCanvasState(({ renaming }) => renaming === node.id);
  const { state, share } = run;
  const told =
    state === 'running' && share !== undefined ? strings.progress(Math.round(share * 100)) : strings.states[state];
  return (
    <header className="node-header">
      <span className="node-mark" data-state={state} aria-hidden={state !== 'running'}>
        {state === 'running' && <ProgressRing share={share} label={name} />}
      </span>
      {isRenaming ? (
        <TitleField value={name} onDone={(title) => title !== undefined && actions.rename(node.id, title)} />
      ) : (
        <span className="node-title" title={node.title === undefined ? undefined : ports.name}>
          {name}
        </span>
      )}
      {node.mode !== 'always' && <span className="node-mode">{strings.modes[node.mode]}</span>}
      <span className="node-state">{told}</span>
    </header>
  );
}

function Body({ data, run, name }: PartProps): React.JSX.Element {
  const { node, ports, layout, problems } = data;
  const { actions } = useCanvas();
  const strings = useCanvasStrings();
  const graph = actions.open();
  const linkedOutputs = useMemo(
    () =>
      new Set(graph ? linksOf(graph, node.id).flatMap(({ from }) => (from.node === node.id ? [from.slot] : [])) : []),
    [graph, node.id],
  );
  const { failure } = run;
  const provider = providerOf(node);
  return (
    <>
      <NodeRows
        node={node}
        name={name}
        rows={layout.rows}
        linkedOutputs={linkedOutputs}
        revision={isOver(run) ? 1 : 0}
      />
      {ports.role === 'unknown' && (
        <p className="node-unknown">
          {strings.unknownClass(node.type)} {provider !== undefined && strings.provider(provider)}
        </p>
      )}
      {problems.whole.map((problem) => (
        <p key={problem} className="problem" data-whole>
          {problem}
        </p>
      ))}
      {failure && (
        <div className="node-failure">
          <p>{failure.message.trim()}</p>
          <button type="button" className="nodrag nopan" onClick={() => actions.show({ kind: 'failure', failure })}>
            {strings.whatHappened}
          </button>
        </div>
      )}
      <NodePictures run={run} name={name} isExpected={leavesPictures(ports.definition)} />
    </>
  );
}

/** Front ends note in the file where the class came from. */
function providerOf({ extra }: DocumentNode): string | undefined {
  const properties = asObject(extra.get('properties'));
  const name = properties?.get('cnr_id') ?? properties?.get('aux_id');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

const isOver = ({ state }: NodeRun): boolean => state === 'done' || state === 'cached';

/** All links of a collapsed node end at its title. */
function CollapsedSlots({ data: { node, ports } }: { readonly data: WorkNodeData }): React.JSX.Element {
  return (
    <div className="collapsed-slots">
      {ports.inputs
        .filter(({ isSocket }) => isSocket)
        .map(({ name, type, link }) => (
          <SlotDot
            key={name}
            node={node.id}
            side="input"
            name={name}
            type={type}
            slot={0}
            isLinked={link !== undefined}
          />
        ))}
      {ports.outputs.map(({ slot, type }) => (
        <SlotDot key={slot} node={node.id} side="output" name="" type={type} slot={slot} isLinked />
      ))}
    </div>
  );
}
