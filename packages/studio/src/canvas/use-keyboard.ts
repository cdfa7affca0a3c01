/** Keys of the canvas. */
import type { ReactFlowInstance } from '@xyflow/react';
import { useEffect } from 'react';
import type { RefObject } from 'react';
import { HEADER_HEIGHT } from '../document/node-size.ts';
import type { Point, Size } from '../document/types.ts';
import type { CanvasShared } from './canvas-context.ts';
import { groupNodeId } from './flow-types.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';
import { NARROWEST } from './node-layout.ts';
import { neighbourOf } from './neighbour.ts';
import { shortcutOf } from './shortcuts.ts';
import type { ShortcutName } from './shortcuts.ts';

const NEAR = 8;
const FAR = 64;
/** What one press makes larger or smaller. */
const GROWTH = 16;
const WAYS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
const TYPED = 'input, textarea, select, [contenteditable=true]';
/** What Enter and Space press by themselves. */
const PRESSED = 'button, a[href], summary, audio, video, [role=switch]';

type Flow = ReactFlowInstance<FlowNode, FlowLink>;

/** @param canvas keys are heard while the focus is in it, or nowhere */
export function useKeyboard(canvas: RefObject<HTMLElement | null>, shared: CanvasShared, flow: Flow): void {
  useEffect(() => {
    const { actions, props, state } = shared;
    const nodeOf = (target: Element | null): string | undefined =>
      target?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];

    const focusNode = (id: string): void => {
      actions.select([id]);
      const node = flow.getNode(id);
      if (node) {
        const { width = 0, height = 0 } = node.measured ?? {};
        const zoom = flow.getZoom();
        void flow.setCenter(node.position.x + width / 2, node.position.y + height / 2, { zoom, duration: 160 });
      }
      // it may be drawn only when it has come into view
      requestAnimationFrame(() => canvas.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus());
    };
    const goTo = (way: Point, from: string | undefined): void => {
      const placed = flow
        .getNodes()
        .filter(({ type }) => type !== 'group-frame')
        .map(({ id, position, measured }) => ({
          id,
          middle: { x: position.x + (measured?.width ?? 0) / 2, y: position.y + (measured?.height ?? 0) / 2 },
        }));
      const start = placed.find(({ id }) => id === from) ?? placed[0];
      if (!start) return;
      const next = from === undefined ? start.id : neighbourOf(start, placed, way);
      if (next !== undefined) focusNode(next);
    };
    const middleOf = (element: Element | null): Point => {
      const box = element?.getBoundingClientRect() ?? canvas.current?.getBoundingClientRect();
      return { x: (box?.left ?? 0) + 24, y: (box?.top ?? 0) + 40 };
    };

    const resize = (way: Point): boolean => {
      const { nodes, group } = state.get();
      const grown = (id: string): Size | undefined => {
        const { width = 0, height = 0 } = flow.getNode(id)?.measured ?? {};
        if (!width) return undefined;
        // keys come faster than what they change is drawn
        const asked = actions.open()?.nodes.get(id)?.size;
        return {
          width: Math.max(NARROWEST, Math.max(width, asked?.width ?? 0) + way.x * GROWTH),
          height: Math.max(HEADER_HEIGHT, Math.max(height, asked?.height ?? 0) + way.y * GROWTH),
        };
      };
      for (const id of nodes) {
        const size = grown(id);
        if (size) actions.resize(id, size);
      }
      const ofGroup = group === undefined ? undefined : grown(groupNodeId(group));
      if (group !== undefined && ofGroup) actions.resizeGroup(group, ofGroup);
      return nodes.size > 0 || ofGroup !== undefined;
    };

    /** @returns false when the press is for the browser */
    const act = (name: ShortcutName, event: KeyboardEvent, node: string | undefined): boolean => {
      const target = event.target instanceof Element ? event.target : null;
      const way = WAYS[event.key] ?? { x: 0, y: 0 };
      const isOnNode = target?.matches('.react-flow__node') === true;
      switch (name) {
        case 'search':
          actions.show({ kind: 'search', at: middleOf(isOnNode ? target : canvas.current), from: undefined });
          return true;
        case 'remove':
          actions.removeSelection();
          canvas.current?.focus();
          return true;
        case 'copy':
          // selected text is what the person means
          if (getSelection()?.isCollapsed === false) return false;
          void actions.copy();
          return true;
        case 'cut':
          void actions.cut();
          return true;
        case 'paste':
          // the event that follows brings what is pasted
          return false;
        case 'duplicate':
          actions.duplicate();
          return true;
        case 'undo':
          props().onUndo();
          return true;
        case 'redo':
          props().onRedo();
          return true;
        case 'mute':
          actions.toggleMode('muted');
          return true;
        case 'bypass':
          actions.toggleMode('bypassed');
          return true;
        case 'collapse':
          actions.toggleCollapsed();
          return true;
        case 'rename':
          state.set((now) => ({ ...now, renaming: node ?? [...now.nodes][0] }));
          return true;
        case 'group':
          actions.group();
          return true;
        case 'subgraph':
          actions.makeSubgraph();
          return true;
        case 'layOut':
          actions.layOut();
          return true;
        case 'nudge':
        case 'nudgeFar': {
          if (!state.get().nodes.size) return false;
          const size = name === 'nudge' ? NEAR : FAR;
          actions.nudge({ x: way.x * size, y: way.y * size });
          return true;
        }
        case 'resize':
          return resize(way);
        case 'neighbour':
          goTo(way, node ?? [...state.get().nodes][0]);
          return true;
        case 'selectAll':
          actions.selectAll();
          return true;
        case 'enter':
          if (!isOnNode || node === undefined) return false;
          if (!state.get().nodes.has(node)) actions.select([node]);
          else if (actions.isSubgraph(node)) actions.enter(node);
          else target.querySelector<HTMLElement>('.node-rows button, .node-rows input, .node-rows textarea')?.focus();
          return true;
        case 'leave':
          if (node !== undefined && !isOnNode) {
            target?.closest<HTMLElement>('.react-flow__node')?.focus();
            return true;
          }
          actions.clearSelection();
          return true;
        case 'menu': {
          if (node === undefined) actions.show({ kind: 'pane-menu', at: middleOf(canvas.current) });
          else {
            if (!state.get().nodes.has(node)) actions.select([node]);
            actions.show({ kind: 'node-menu', node, at: middleOf(target?.closest('.react-flow__node') ?? null) });
          }
          return true;
        }
        case 'fit':
          void flow.fitView({ duration: 220, padding: 0.12, maxZoom: 1 });
          return true;
        case 'zoomIn':
          void flow.zoomIn({ duration: 120 });
          return true;
        case 'zoomOut':
          void flow.zoomOut({ duration: 120 });
          return true;
        case 'open': {
          const [first] = state.get().nodes;
          if (first !== undefined && actions.isSubgraph(first)) actions.enter(first);
          return true;
        }
        case 'up':
          actions.leave();
          return true;
        case 'help':
          actions.show({ kind: 'shortcuts' });
          return true;
        case 'run':
          props().onRun();
          return true;
        case 'runUpTo': {
          const upTo = node ?? [...state.get().nodes][0];
          if (upTo !== undefined) actions.runUpTo(upTo);
          return true;
        }
      }
    };

    const onKeyDown = (event: KeyboardEvent): void => {
      const { target } = event;
      if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) return;
      const isHere = canvas.current?.contains(target) === true || target === document.body;
      const shortcut = shortcutOf(event);
      if (!shortcut || (!isHere && !shortcut.isEverywhere) || document.querySelector('dialog[open]')) return;
      const isTyping = target.matches(TYPED);
      if (isTyping && !shortcut.isEverywhere && shortcut.name !== 'leave') return;
      if ((shortcut.name === 'search' || shortcut.name === 'enter') && target.matches(PRESSED)) return;
      if (shortcut.isEdit && props().isReadOnly) return;
      if (act(shortcut.name, event, nodeOf(target))) event.preventDefault();
    };
    const onPaste = (event: ClipboardEvent): void => {
      const { target } = event;
      if (event.defaultPrevented || !(target instanceof Element) || target.matches(TYPED)) return;
      const isHere = canvas.current?.contains(target) === true || target === document.body;
      if (!isHere || props().isReadOnly || event.clipboardData?.files.length) return;
      event.preventDefault();
      actions.paste(event.clipboardData?.getData('text/plain'));
    };
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('paste', onPaste);
    };
  }, [canvas, shared, flow]);
}
