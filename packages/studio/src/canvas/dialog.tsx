/** A window above the canvas: Escape, and a press beside it, close it. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Point } from '../document/types.ts';

export interface DialogProps {
  readonly label: string;
  readonly className: string;
  readonly onClose: () => void;
  /** Where its corner is, as far as it fits; in the middle by default. */
  readonly at?: Point | undefined;
  readonly children: ReactNode;
}

/** Pixels to the edge of the window. */
const MARGIN = 8;

export function Dialog({ label, className, onClose, at, children }: DialogProps): React.JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const from = document.activeElement;
    element.showModal();
    if (at) {
      const { width, height } = element.getBoundingClientRect();
      element.style.margin = '0';
      element.style.left = `${Math.max(MARGIN, Math.min(at.x, window.innerWidth - width - MARGIN))}px`;
      element.style.top = `${Math.max(MARGIN, Math.min(at.y, window.innerHeight - height - MARGIN))}px`;
    }
    return () => {
      // browsers give the focus back only when a dialog is closed, and this one is taken away
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, [at]);
  return (
    <dialog
      ref={ref}
      className={className}
      aria-label={label}
      onClose={onClose}
      onPointerDown={(event) => event.target === ref.current && onClose()}
      onKeyDown={(event) => {
        // keys are for the window, not for the page below; the browser closes it at Escape
        event.stopPropagation();
      }}
    >
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
