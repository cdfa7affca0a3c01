/** A value that only some front end's extension knows how to show: as JSON, taken when it can be read. */
import { JsonError, parseJson, stringifyJson, toJson, toPlain } from '@snug/protocol/json';
import { useState } from 'react';
import type { OtherWidget } from '../catalogue/types.ts';
import { problemAttributes } from './widget-props.ts';
import type { WidgetProps } from './widget-props.ts';

export function JsonField(props: WidgetProps<OtherWidget>): React.JSX.Element {
  const { definition, label, onChange } = props;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const [isBroken, setBroken] = useState(false);
  const value = props.value ?? definition.default;
  const commit = (): void => {
    if (draft === undefined) return;
    const read = readPlain(draft);
    setBroken(read === undefined);
    if (read === undefined) return;
    setDraft(undefined);
    onChange(read.value);
  };
  return (
    <input
      type="text"
      className="widget-text widget-json nodrag nopan"
      aria-label={label}
      spellCheck={false}
      {...problemAttributes(props)}
      {...(isBroken ? { 'aria-invalid': true } : {})}
      value={draft ?? (value === undefined ? '' : stringifyJson(toJson(value)))}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

function readPlain(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: toPlain(parseJson(text)) };
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
