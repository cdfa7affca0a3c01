/**
 * Reads a node's saved widget values, which stand by position, into values by name. As `@snug/graph` does it for prompts;
 * an editor has to know where each stood too, to write it back there.
 */
import { asObject, toPlain } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { isControl } from '../catalogue/read-widget.ts';
import type { InputDefinition } from '../catalogue/types.ts';
import type { SavedSlot, ValueControl, WidgetValue } from './types.ts';
import { branchPlaces, misfitOf, widgetPlaces } from './widget-places.ts';
import type { WidgetInput, WidgetPlace } from './widget-places.ts';

export type SavedValues = readonly Json[] | JsonObject;

/** How a saved list may differ from the description: front ends have added and dropped places. */
export interface Layout {
  readonly placeholders: boolean;
  readonly uploads: number;
}

export interface Reading {
  readonly values: ReadonlyMap<string, WidgetValue>;
  readonly controls: ReadonlyMap<string, ValueControl>;
  /** What stood in the file, by name. */
  readonly saved: ReadonlyMap<string, Json>;
  readonly savedControls: ReadonlyMap<string, Json>;
  readonly layout: Layout;
  /** Values that belong to nothing between the others, in order. */
  readonly others: readonly Json[];
  /** What follows the last that is known. */
  readonly rest: readonly Json[];
}

interface ScoredReading extends Reading {
  readonly misfits: number;
  /** 0 when every value has its place; the smaller the better. */
  readonly score: number;
}

const MISFIT = 4;
export const NEWEST_LAYOUT: Layout = { placeholders: false, uploads: 1 };

/** @param named the values by name, which some front ends save besides */
export function readValues(
  inputs: readonly InputDefinition[],
  slots: readonly SavedSlot[],
  saved: SavedValues,
  named?: Json,
): Reading {
  const marked = markedOf(slots);
  const places = widgetPlaces(inputs, marked);
  if (saved instanceof Map) return readNamed(places, saved, marked);
  let best: ScoredReading | undefined;
  for (const layout of layoutsOf(places)) {
    const reading = readListed(places, saved, layout, marked);
    if (!best || reading.score < best.score) best = reading;
    if (best.score === 0) return best;
  }
  const byName = asObject(named);
  const other = byName && readNamed(places, byName, marked);
  return other && !other.misfits ? other : (best ?? readListed(places, saved, NEWEST_LAYOUT, marked));
}

export function markedOf(slots: readonly SavedSlot[]): ReadonlySet<string> {
  return new Set(slots.flatMap(({ widget }) => (widget === undefined ? [] : [widget])));
}

function layoutsOf(places: readonly WidgetPlace[]): Layout[] {
  const uploads = places.some(({ kind }) => kind === 'uploads') ? [1, 0, 2] : [1];
  const placeholders = places.some(({ kind }) => kind === 'placeholder') ? [false, true] : [false];
  return placeholders.flatMap((held) => uploads.map((count) => ({ placeholders: held, uploads: count })));
}

function readListed(
  places: readonly WidgetPlace[],
  list: readonly Json[],
  layout: Layout,
  marked: ReadonlySet<string>,
): ScoredReading {
  const values = new Map<string, WidgetValue>();
  const controls = new Map<string, ValueControl>();
  const saved = new Map<string, Json>();
  const savedControls = new Map<string, Json>();
  const others: Json[] = [];
  const waiting = places.toReversed();
  let at = 0;
  let misfits = 0;
  let score = 0;
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (place.kind === 'widget') {
      const { input } = place;
      const given = list[at++];
      const penalty = misfitOf(input.widget, given);
      score += penalty;
      if (penalty === MISFIT) misfits++;
      if (given !== undefined) saved.set(input.name, given);
      const value = settled(input, given);
      if (value !== undefined) values.set(input.name, value);
      waiting.push(...branchPlaces(input, value, marked).reverse());
      const next = waiting.at(-1);
      const control = controlAt(list[at], input, next?.kind === 'widget' ? next.input : undefined);
      if (control === undefined) continue;
      controls.set(input.name, control);
      savedControls.set(input.name, list[at++]!);
      // the filter that choices with a control have
      if (isChoice(input) && list[at] === '') others.push(list[at++]!);
    } else {
      const count = place.kind === 'uploads' ? layout.uploads : layout.placeholders ? 1 : 0;
      others.push(...list.slice(at, at + count));
      at += count;
    }
  }
  const rest = list.slice(at);
  return { values, controls, saved, savedControls, layout, others, rest, misfits, score: score + rest.length };
}

export const isChoice = ({ widget }: WidgetInput): boolean => widget.kind === 'choice' || widget.kind === 'upload';

function readNamed(places: readonly WidgetPlace[], named: JsonObject, marked: ReadonlySet<string>): ScoredReading {
  const values = new Map<string, WidgetValue>();
  const controls = new Map<string, ValueControl>();
  const saved = new Map<string, Json>();
  const waiting = places.toReversed();
  let misfits = 0;
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (place.kind !== 'widget') continue;
    const { input } = place;
    const given = named.get(input.name);
    if (misfitOf(input.widget, given) === MISFIT) misfits++;
    if (given !== undefined) saved.set(input.name, given);
    const value = settled(input, given);
    if (value === undefined) continue;
    values.set(input.name, value);
    waiting.push(...branchPlaces(input, value, marked).reverse());
    const control = input.control === undefined ? undefined : named.get('control_after_generate');
    if (isControl(control)) controls.set(input.name, control);
  }
  const nothing = { savedControls: new Map<string, Json>(), layout: NEWEST_LAYOUT, others: [], rest: [], score: 0 };
  return { values, controls, saved, misfits, ...nothing };
}

function settled({ widget }: WidgetInput, given: Json | undefined): WidgetValue {
  if (given !== undefined && given !== null) return toPlain(given);
  return widget.default ?? (given === null ? null : undefined);
}

/** The control that stands behind `input`, if the next saved value is one. */
function controlAt(
  saved: Json | undefined,
  input: WidgetInput,
  next: WidgetInput | undefined,
): ValueControl | undefined {
  const { kind } = input.widget;
  if (kind === 'text' || kind === 'multiline' || kind === 'toggle' || kind === 'other' || kind === 'colour')
    return undefined;
  // the first form of the control was a checkbox: change it, or not
  if (input.control && typeof saved === 'boolean' && next?.widget.kind !== 'toggle')
    return saved ? 'randomize' : 'fixed';
  if (!isControl(saved)) return undefined;
  return input.control || !next || misfitOf(next.widget, saved) !== 0 ? saved : undefined;
}
