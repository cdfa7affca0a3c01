/** Texts, on one line or several. */
import { stringifyJson, toJson } from '@snug/protocol/json';
import type { TextWidget } from '../catalogue/types.ts';
import { problemAttributes } from './widget-props.ts';
import type { WidgetProps } from './widget-props.ts';

export function TextField(props: WidgetProps<TextWidget>): React.JSX.Element {
  const { definition, label, value, onChange } = props;
  const shared = {
    className: 'widget-text nodrag nopan nowheel',
    'aria-label': label,
    placeholder: definition.placeholder,
    spellCheck: false,
    value: textOf(value ?? definition.default),
    ...problemAttributes(props),
  };
  if (definition.kind === 'multiline')
    return <textarea {...shared} data-lines onChange={(event) => onChange(event.target.value)} />;
  return <input {...shared} type="text" onChange={(event) => onChange(event.target.value)} />;
}

/** Files may hold other values where texts belong. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(toJson(value));
}
