/** What lies over the canvas at the moment. */
import { useCanvasState } from './canvas-context.ts';
import type { CanvasState, Overlay } from './canvas-state.ts';
import { BatchDialog } from './batch-dialog.tsx';
import { FailureDialog } from './failure-dialog.tsx';
import { LinkMenu } from './link-menu.tsx';
import { NodeMenu } from './node-menu.tsx';
import { PaneMenu } from './pane-menu.tsx';
import { SearchDialog } from './search-dialog.tsx';
import { ShortcutsSheet } from './shortcuts-sheet.tsx';

const overlayOf = ({ overlay }: CanvasState): Overlay | undefined => overlay;

export function Overlays(): React.JSX.Element | undefined {
  const overlay = useCanvasState(overlayOf);
  switch (overlay?.kind) {
    case 'search':
      return <SearchDialog at={overlay.at} from={overlay.from} />;
    case 'link':
      return <LinkMenu from={overlay.from} anchor={overlay.anchor} />;
    case 'node-menu':
      return <NodeMenu node={overlay.node} at={overlay.at} />;
    case 'pane-menu':
      return <PaneMenu at={overlay.at} />;
    case 'shortcuts':
      return <ShortcutsSheet />;
    case 'batch':
      return <BatchDialog node={overlay.node} input={overlay.input} />;
    case 'failure':
      return <FailureDialog failure={overlay.failure} />;
    case undefined:
      return undefined;
  }
}
