/** A part of the page above all others, beside what it belongs to. Pressing elsewhere, or Escape, closes it. */
import { useCallback, useRef, useState } from 'react';
import type { RefObject } from 'react';

/** Pixels between it and the edge of the window, or what it belongs to. */
const GAP = 4;

export interface Popover {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly isOpen: boolean;
  readonly open: (anchor: DOMRect) => void;
  readonly close: () => void;
  /** Attributes of the element. */
  readonly attributes: { readonly popover: 'auto'; readonly onToggle: (event: { newState: string }) => void };
}

/** @param onClose called however it was closed */
export function usePopover(onClose?: () => void): Popover {
  const ref = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const open = useCallback((anchor: DOMRect) => {
    setOpen(true);
    // it has its size only when its content is there
    requestAnimationFrame(() => {
      const element = ref.current;
      if (!element?.isConnected || element.matches(':popover-open')) return;
      element.showPopover();
      placeBeside(element, anchor);
    });
  }, []);
  const close = useCallback(() => {
    if (ref.current?.matches(':popover-open')) ref.current.hidePopover();
    else setOpen(false);
  }, []);
  const onToggle = ({ newState }: { newState: string }): void => {
    if (newState !== 'closed') return;
    setOpen(false);
    onClose?.();
  };
  return { ref, isOpen, open, close, attributes: { popover: 'auto', onToggle } };
}

/** Below where there is room, else above, and never out of the window. */
export function placeBeside(element: HTMLElement, anchor: DOMRect): void {
  const { innerWidth, innerHeight } = window;
  element.style.minWidth = `${Math.round(anchor.width)}px`;
  const { width, height } = element.getBoundingClientRect();
  const below = anchor.bottom + GAP;
  const top = below + height <= innerHeight - GAP ? below : Math.max(GAP, anchor.top - GAP - height);
  element.style.left = `${Math.max(GAP, Math.min(anchor.left, innerWidth - width - GAP))}px`;
  element.style.top = `${Math.min(top, Math.max(GAP, innerHeight - height - GAP))}px`;
}
