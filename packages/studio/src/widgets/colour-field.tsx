/** A colour, by eye or as `#rrggbb`. */
import { useState } from 'react';
import type { ColourWidget } from '../catalogue/types.ts';
import { readColour } from './colour-value.ts';
import { problemAttributes } from './widget-props.ts';
import type { WidgetProps } from './widget-props.ts';

export function ColourField(props: WidgetProps<ColourWidget>): React.JSX.Element {
  const { definition, label, onChange } = props;
  const value = (typeof props.value === 'string' ? readColour(props.value) : undefined) ?? definition.default;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const commit = (): void => {
    const read = draft === undefined ? undefined : readColour(draft);
    setDraft(undefined);
    if (read !== undefined && read !== value) onChange(read);
  };
  return (
    <span className="widget-colour nodrag nopan">
      <input type="color" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} />
      <input
        type="text"
        className="widget-text"
        aria-label={`${label} #`}
        spellCheck={false}
        {...problemAttributes(props)}
        value={draft ?? value}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
    </span>
  );
}
