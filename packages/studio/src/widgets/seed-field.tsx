/** A seed: typed like any number, drawn anew by a press, and changed after each run as its control says. */
import type { NumberWidget, SeedWidget } from '../catalogue/types.ts';
import type { ValueControl } from '../document/types.ts';
import { NumberField } from './number-field.tsx';
import { drawSeed } from './seed-value.ts';
import type { WidgetProps } from './widget-props.ts';
import { useWidgetServices } from './widget-services.ts';
import { useWidgetStrings } from './widget-strings.ts';

const CONTROLS: readonly ValueControl[] = ['fixed', 'randomize', 'increment', 'decrement', 'increment-wrap'];
const SIGNS: Readonly<Record<ValueControl, string>> = {
  fixed: '=',
  randomize: '⤨',
  increment: '+1',
  'increment-wrap': '↻1',
  decrement: '−1',
};

export interface SeedFieldProps extends WidgetProps<SeedWidget | NumberWidget> {
  /** Undefined where the value has no such control. */
  readonly control: ValueControl | undefined;
  readonly onControl: (control: ValueControl) => void;
}

export function SeedField({ control, onControl, ...props }: SeedFieldProps): React.JSX.Element {
  const strings = useWidgetStrings();
  const { randomBytes } = useWidgetServices();
  const { definition, label, onChange } = props;
  const rules = { ...definition, isInteger: definition.kind === 'seed' || definition.isInteger };
  return (
    <span className="widget-seed">
      <NumberField {...props} definition={rules} />
      <button
        type="button"
        className="widget-button nodrag nopan"
        aria-label={`${strings.newSeed}: ${label}`}
        title={strings.newSeed}
        onClick={() => onChange(drawSeed(rules, randomBytes))}
      >
        <Dice />
      </button>
      {control !== undefined && (
        <select
          className="widget-control nodrag nopan"
          aria-label={`${strings.seedControl}: ${label}`}
          title={`${strings.seedControl}: ${strings.seedControls[control]}`}
          value={control}
          onChange={(event) => onControl(CONTROLS.find((one) => one === event.target.value) ?? 'fixed')}
        >
          {CONTROLS.map((one) => (
            <option key={one} value={one}>
              {SIGNS[one]} {strings.seedControls[one]}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}

function Dice(): React.JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden>
      <rect x="2" y="2" width="12" height="12" rx="3" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <circle cx="5.6" cy="5.6" r="1.1" fill="currentColor" />
      <circle cx="10.4" cy="10.4" r="1.1" fill="currentColor" />
      <circle cx="10.4" cy="5.6" r="1.1" fill="currentColor" />
      <circle cx="5.6" cy="10.4" r="1.1" fill="currentColor" />
    </svg>
  );
}
