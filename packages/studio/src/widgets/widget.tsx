/** The widget of an input, whatever its kind. */
import type { WidgetDefinition } from '../catalogue/types.ts';
import type { ValueControl, WidgetValue } from '../document/types.ts';
import { ChoiceField } from './choice-field.tsx';
import { ColourField } from './colour-field.tsx';
import { JsonField } from './json-field.tsx';
import { NumberField } from './number-field.tsx';
import { SeedField } from './seed-field.tsx';
import { TextField } from './text-field.tsx';
import { Toggle } from './toggle.tsx';
import { UploadField } from './upload-field.tsx';
import type { WidgetProps } from './widget-props.ts';

export interface WidgetViewProps extends WidgetProps<WidgetDefinition> {
  readonly control: ValueControl | undefined;
  readonly onControl: (control: ValueControl) => void;
  readonly value: WidgetValue;
}

export function Widget({ definition, control, onControl, ...props }: WidgetViewProps): React.JSX.Element {
  switch (definition.kind) {
    case 'integer':
    case 'number':
    case 'slider':
      if (control !== undefined)
        return <SeedField {...props} definition={definition} control={control} onControl={onControl} />;
      return <NumberField {...props} definition={{ ...definition, isSlider: definition.kind === 'slider' }} />;
    case 'seed':
      return <SeedField {...props} definition={definition} control={control} onControl={onControl} />;
    case 'text':
    case 'multiline':
      return <TextField {...props} definition={definition} />;
    case 'toggle':
      return <Toggle {...props} definition={definition} />;
    case 'choice':
      return <ChoiceField {...props} definition={definition} />;
    case 'upload':
      return <UploadField {...props} definition={definition} />;
    case 'colour':
      return <ColourField {...props} definition={definition} />;
    case 'other':
      return <JsonField {...props} definition={definition} />;
  }
}
