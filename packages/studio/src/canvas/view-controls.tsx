/** Buttons for the view: what the wheel and the keys do, for those who have neither. */
import { Panel, useReactFlow } from '@xyflow/react';
import { Icon } from '../app/icons.tsx';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';

export function ViewControls(): React.JSX.Element {
  const flow = useReactFlow();
  const { actions } = useCanvas();
  const strings = useCanvasStrings();
  return (
    <Panel position="bottom-left" className="view-controls">
      <button type="button" aria-label={strings.zoomIn} title={strings.zoomIn} onClick={() => void flow.zoomIn()}>
        <Icon name="plus" />
      </button>
      <button type="button" aria-label={strings.zoomOut} title={strings.zoomOut} onClick={() => void flow.zoomOut()}>
        <Icon name="minus" />
      </button>
      <button
        type="button"
        aria-label={strings.fit}
        title={strings.fit}
        onClick={() => void flow.fitView({ duration: 220, padding: 0.12, maxZoom: 1 })}
      >
        <Icon name="fit" />
      </button>
      <button
        type="button"
        aria-label={strings.menu.shortcuts}
        title={strings.menu.shortcuts}
        onClick={() => actions.show({ kind: 'shortcuts' })}
      >
        <span aria-hidden>?</span>
      </button>
    </Panel>
  );
}
