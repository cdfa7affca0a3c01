/** A number: typed, dragged, or stepped with the arrow keys; with limits on both sides it shows where in between it is. */
import { useState } from 'react';
import type { CSSProperties, KeyboardEvent } from 'react';
import { useNumberDrag } from './number-drag.ts';
import { isWorthShowing, readNumber, shareOf, showNumber, stepNumber } from './number-value.ts';
import type { NumberRules, NumberValue } from './number-value.ts';
import { problemAttributes } from './widget-props.ts';
import type { WidgetProps } from './widget-props.ts';

export interface NumberFieldDefinition extends NumberRules {
  readonly default: NumberValue;
  /** The field itself is the slider. */
  readonly isSlider?: boolean | undefined;
}

/** How many steps a key goes. */
const KEY_STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export function NumberField(props: WidgetProps<NumberFieldDefinition>): React.JSX.Element {
  const { definition, label, onChange } = props;
  const value = asNumber(props.value) ?? definition.default;
  /** What is being typed; undefined while nobody types. */
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const isSlider = definition.isSlider === true && shareOf(value, definition) !== undefined;
  const share = isSlider || isWorthShowing(definition) ? shareOf(value, definition) : undefined;
  const drag = useNumberDrag(definition, isSlider, value, onChange);

  const commit = (): void => {
    const read = draft === undefined ? undefined : readNumber(draft, definition);
    setDraft(undefined);
    if (read !== undefined && read !== value) onChange(read);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const steps = KEY_STEPS[event.key];
    if (steps !== undefined) {
      event.preventDefault();
      const from = draft === undefined ? value : (readNumber(draft, definition) ?? value);
      setDraft(undefined);
      onChange(stepNumber(from, event.shiftKey ? steps * 10 : steps, definition));
    } else if (event.key === 'Enter') commit();
    else if (event.key === 'Escape' && draft !== undefined) {
      // the dialog or selection around it is for the next press
      event.stopPropagation();
      setDraft(undefined);
    }
  };

  return (
    <input
      className="widget-number nodrag nopan"
      data-share={share === undefined ? undefined : true}
      data-slider={isSlider || undefined}
      style={share === undefined ? undefined : ({ '--share': share } as CSSProperties)}
      type="text"
      inputMode={definition.isInteger ? 'numeric' : 'decimal'}
      role="spinbutton"
      autoComplete="off"
      spellCheck={false}
      aria-label={label}
      aria-valuenow={Number(value)}
      aria-valuetext={String(value)}
      aria-valuemin={limitOf(definition.min)}
      aria-valuemax={limitOf(definition.max)}
      {...problemAttributes(props)}
      value={draft ?? showNumber(value, definition)}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={onKeyDown}
      {...drag}
    />
  );
}

function limitOf(limit: NumberValue | undefined): number | undefined {
  return limit === undefined ? undefined : Number(limit);
}

/** Files may hold numbers as texts, and texts where numbers belong. */
export function asNumber(value: unknown): NumberValue | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return readNumber(value, { isInteger: /^\s*[+-]?\d+\s*$/.test(value) });
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
