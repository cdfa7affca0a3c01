/** Yes or no. */
import type { ToggleWidget } from '../catalogue/types.ts';
import { problemAttributes } from './widget-props.ts';
import type { WidgetProps } from './widget-props.ts';

export function Toggle(props: WidgetProps<ToggleWidget>): React.JSX.Element {
  const { definition, label, value, onChange } = props;
  const isOn = value === undefined ? definition.default : Boolean(value);
  const told = isOn ? definition.labelOn : definition.labelOff;
  return (
    <button
      type="button"
      role="switch"
      className="widget-toggle nodrag nopan"
      aria-checked={isOn}
      aria-label={label}
      {...problemAttributes(props)}
      onClick={() => onChange(!isOn)}
    >
      {told !== undefined && <span className="widget-toggle-told">{told}</span>}
      <span className="widget-toggle-track" aria-hidden>
        <span className="widget-toggle-knob" />
      </span>
    </button>
  );
}
