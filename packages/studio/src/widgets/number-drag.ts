/** Dragging across a number changes it; a press that does not move edits its text. */
import { useRef } from 'react';
import type { PointerEvent } from 'react';
import { stepNumber, valueAtShare } from './number-value.ts';
import type { NumberRules, NumberValue } from './number-value.ts';

/** Pixels that a pointer may tremble. */
const SLACK = 3;
/** Pixels for a step, where the width of the field does not stand for the range. */
const PIXELS_PER_STEP = 6;

interface Drag {
  readonly x: number;
  readonly from: NumberValue;
  isMoving: boolean;
}

export interface NumberDrag {
  readonly onPointerDown: (event: PointerEvent<HTMLInputElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLInputElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLInputElement>) => void;
  readonly onPointerCancel: (event: PointerEvent<HTMLInputElement>) => void;
}

/**
 * @param isSlider the field shows the range: its value is where the pointer is
 * @param value what is shown, and what a drag begins from
 */
export function useNumberDrag(
  rules: NumberRules,
  isSlider: boolean,
  value: NumberValue,
  onChange: (value: NumberValue) => void,
): NumberDrag {
  const drag = useRef<Drag | undefined>(undefined);

  const end = (event: PointerEvent<HTMLInputElement>, isClick: boolean): void => {
    const ended = drag.current;
    drag.current = undefined;
    if (!ended) return;
    event.currentTarget.releasePointerCapture(event.pointerId);
    if (ended.isMoving || !isClick) return;
    event.currentTarget.focus();
    event.currentTarget.select();
  };

  return {
    onPointerDown(event) {
      if (event.button !== 0 || document.activeElement === event.currentTarget) return;
      // the browser would select text instead
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, from: value, isMoving: false };
    },
    onPointerMove(event) {
      const current = drag.current;
      if (!current) return;
      const moved = event.clientX - current.x;
      current.isMoving ||= Math.abs(moved) > SLACK;
      if (!current.isMoving) return;
      const next = isSlider ? atPointer(event, rules) : stepNumber(current.from, moved / speedOf(event), rules);
      if (next !== undefined && next !== value) onChange(next);
    },
    onPointerUp: (event) => end(event, true),
    onPointerCancel: (event) => end(event, false),
  };
}

function atPointer(event: PointerEvent<HTMLInputElement>, rules: NumberRules): NumberValue | undefined {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return valueAtShare(Math.min(1, Math.max(0, (event.clientX - left) / width)), rules);
}

/** Shift is for fine work, Ctrl for long ways. */
function speedOf({ shiftKey, ctrlKey }: PointerEvent): number {
  if (shiftKey) return PIXELS_PER_STEP * 4;
  return ctrlKey ? PIXELS_PER_STEP / 8 : PIXELS_PER_STEP;
}
