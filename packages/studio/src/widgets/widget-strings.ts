import { useStrings } from '../strings/language.tsx';
import { widgetStrings } from '../strings/widgets.ts';
import type { WidgetStrings } from '../strings/widgets.ts';

export const useWidgetStrings = (): WidgetStrings => useStrings<WidgetStrings>(widgetStrings);
