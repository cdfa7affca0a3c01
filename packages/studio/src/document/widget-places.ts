/** What stands in a node's list of widget values, in order, as front ends save it. */
import { Float } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import { hasUpload, widgetTypeOf } from '../catalogue/read-widget.ts';
import type { InputDefinition, WidgetDefinition } from '../catalogue/types.ts';

export interface WidgetInput extends InputDefinition {
  readonly widget: WidgetDefinition;
}

export type WidgetPlace =
  | { readonly kind: 'widget'; readonly input: WidgetInput }
  /** A socket that older front ends gave a value nevertheless. */
  | { readonly kind: 'placeholder' }
  /** Buttons that front ends add after the required inputs. */
  | { readonly kind: 'uploads' };

/** @param marked inputs that the file itself calls widgets, for types that only a front end's extension knows */
export function widgetPlaces(inputs: readonly InputDefinition[], marked: ReadonlySet<string>): WidgetPlace[] {
  const places: WidgetPlace[] = [];
  for (const isRequired of [true, false]) {
    let uploads = false;
    for (const input of inputs) {
      if (input.isRequired !== isRequired) continue;
      const widget = input.widget ?? markedWidget(input, marked);
      if (widget) {
        places.push({ kind: 'widget', input: { ...input, widget } });
        uploads ||= hasUpload(input.options);
      } else if (isPlaceholder(input)) places.push({ kind: 'placeholder' });
    }
    if (uploads) places.push({ kind: 'uploads' });
  }
  return places;
}

/** The places that a choice brings along. */
export function branchPlaces(input: InputDefinition, choice: unknown, marked: ReadonlySet<string>): WidgetPlace[] {
  const branch = input.dynamic?.kind === 'choice' ? input.dynamic.branches.get(choice) : undefined;
  return branch ? widgetPlaces(branch, marked) : [];
}

function markedWidget(input: InputDefinition, marked: ReadonlySet<string>): WidgetDefinition | undefined {
  if (!marked.has(input.name) || input.options.get('forceInput') === true) return undefined;
  return { kind: 'other', type: input.type, default: undefined };
}

function isPlaceholder({ type, options }: InputDefinition): boolean {
  return options.get('forceInput') === true && widgetTypeOf(type, options) !== undefined;
}

const MISFIT = 4;
const MISSING = 2;
const UNKNOWN_CHOICE = 1;

/** How badly a saved value fits the widget: 0 when it does. */
export function misfitOf(widget: WidgetDefinition, value: Json | undefined): number {
  if (value === undefined) return widget.kind === 'other' || widget.kind === 'colour' ? 0 : MISSING;
  if (value === null) return 0;
  switch (widget.kind) {
    case 'choice':
    case 'upload': {
      if (value instanceof Map) return MISFIT;
      if (Array.isArray(value)) return widget.kind === 'choice' && widget.isMultiple ? 0 : MISFIT;
      const choices: readonly unknown[] | undefined = widget.choices;
      return !choices || choices.includes(value instanceof Float ? value.value : value) ? 0 : UNKNOWN_CHOICE;
    }
    case 'seed':
    case 'integer':
      return isInteger(value) ? 0 : MISFIT;
    case 'number':
      return isNumber(value) ? 0 : MISFIT;
    case 'slider':
      return (widget.isInteger ? isInteger(value) : isNumber(value)) ? 0 : MISFIT;
    case 'text':
    case 'multiline':
      return typeof value === 'string' ? 0 : MISFIT;
    case 'toggle':
      return typeof value === 'boolean' ? 0 : MISFIT;
    case 'colour':
    case 'other':
      return 0;
  }
}

const isInteger = (value: Json): boolean =>
  typeof value === 'bigint' || Number.isSafeInteger(value instanceof Float ? value.value : value);

const isNumber = (value: Json): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
