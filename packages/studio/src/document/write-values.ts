/** Writes values by name back to where front ends keep them. What did not change stays as it stood. */
import { float, stringifyJson, toJson, toPlain } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import type { InputDefinition, WidgetDefinition } from '../catalogue/types.ts';
import { isChoice, markedOf, readValues } from './read-values.ts';
import type { Reading, SavedValues } from './read-values.ts';
import type { SavedSlot, ValueControl, WidgetValue } from './types.ts';
import { branchPlaces, widgetPlaces } from './widget-places.ts';
import type { WidgetInput } from './widget-places.ts';

export interface NamedValues {
  readonly values: ReadonlyMap<string, WidgetValue>;
  readonly controls: ReadonlyMap<string, ValueControl>;
}

/** What a node holds, by name and as it is saved. */
export interface HeldValues extends NamedValues {
  readonly savedValues: SavedValues;
}

/** What the button to send a file is saved as. */
const UPLOAD_BUTTON = 'image';

/**
 * Values that a choice does not bring (any more) are left out; those that it brings and that are not given are set to
 * their defaults.
 */
export function arrangeValues(
  inputs: readonly InputDefinition[],
  slots: readonly SavedSlot[],
  given: NamedValues,
  before: SavedValues = [],
): HeldValues {
  const reading = readValues(inputs, slots, before);
  const arranged = before instanceof Map ? undefined : new ListWriter(reading);
  const values = new Map<string, WidgetValue>();
  const controls = new Map<string, ValueControl>();
  const marked = markedOf(slots);
  const waiting = widgetPlaces(inputs, marked).reverse();
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (place.kind !== 'widget') {
      arranged?.putOthers(place.kind);
      continue;
    }
    const { input } = place;
    const { name, widget } = input;
    const isNew = !reading.values.has(name) && !given.values.has(name);
    // a list has a place for it anyway
    const unset = widget.default ?? (arranged ? null : undefined);
    const value = given.values.has(name) ? given.values.get(name) : unset;
    const control = given.controls.get(name) ?? (isNew ? input.control : undefined);
    if (value !== undefined) values.set(name, value);
    if (control !== undefined) controls.set(name, control);
    arranged?.put(input, value ?? null, control);
    waiting.push(...branchPlaces(input, value, marked).reverse());
  }
  const savedValues = arranged ? arranged.finish() : namedValues(inputs, slots, before as JsonObject, values, controls);
  return { values, controls, savedValues };
}

class ListWriter {
  readonly #reading: Reading;
  readonly #list: Json[] = [];
  #others = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  put(input: WidgetInput, value: WidgetValue, control: ValueControl | undefined): void {
    const { saved, savedControls, controls, others } = this.#reading;
    const { name } = input;
    this.#list.push(savedValue(input.widget, value, saved.get(name)));
    if (control === undefined) return;
    const before = savedControls.get(name);
    this.#list.push(before !== undefined && controls.get(name) === control ? before : control);
    if (before !== undefined && isChoice(input) && others[this.#others] === '')
      this.#list.push(others[this.#others++]!);
  }

  putOthers(kind: 'placeholder' | 'uploads'): void {
    const { layout, others } = this.#reading;
    const count = kind === 'uploads' ? layout.uploads : layout.placeholders ? 1 : 0;
    for (let at = 0; at < count; at++) {
      const before = others[this.#others++];
      this.#list.push(before === undefined ? (kind === 'uploads' ? UPLOAD_BUTTON : null) : before);
    }
  }

  finish(): Json[] {
    return [...this.#list, ...this.#reading.rest];
  }
}

function namedValues(
  inputs: readonly InputDefinition[],
  slots: readonly SavedSlot[],
  before: JsonObject,
  values: ReadonlyMap<string, WidgetValue>,
  controls: ReadonlyMap<string, ValueControl>,
): JsonObject {
  const reading = readValues(inputs, slots, before);
  const named: JsonObject = new Map(before);
  for (const name of reading.values.keys()) if (!values.has(name)) named.delete(name);
  for (const [name, value] of values) {
    const saved = reading.saved.get(name);
    named.set(name, saved !== undefined && isSame(saved, value) ? saved : toJson(value));
  }
  for (const control of controls.values()) named.set('control_after_generate', control);
  return named;
}

/** A value as it is saved: as before when it is the same, floats with their point. */
export function savedValue(widget: WidgetDefinition, value: WidgetValue, before?: Json): Json {
  if (before !== undefined && (isSame(before, value) || (before === null && value === widget.default))) return before;
  const isFloat = (widget.kind === 'number' || widget.kind === 'slider') && !widget.isInteger;
  return isFloat && typeof value === 'number' ? float(value) : toJson(value);
}

function isSame(saved: Json, value: WidgetValue): boolean {
  if (typeof value !== 'object' || value === null) return toPlain(saved) === value;
  return stringifyJson(toJson(toPlain(saved))) === stringifyJson(toJson(value));
}
