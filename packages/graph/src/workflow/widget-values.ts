/** Reads a node's saved widget values, which stand by position, into inputs by name. */
import { asObject, Float } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { branchPlaces, defaultOf, widgetPlaces } from './widget-spec.ts';
import type { WidgetKind, WidgetPlace, WidgetSpec } from './widget-spec.ts';
import { isControlWord } from './value-control.ts';
import type { WorkflowNode } from './workflow.ts';

export interface WidgetValue {
  readonly spec: WidgetSpec;
  readonly value: Json;
  /** How the front end changes the value after each run. */
  readonly control: string | undefined;
}

export interface WidgetReading {
  /** By input name, in the order of the description. */
  readonly values: ReadonlyMap<string, WidgetValue>;
  /** Inputs whose saved value is of another kind than the description says. */
  readonly misfits: readonly string[];
}

/** How the saved list may differ from the description. */
interface Layout {
  readonly placeholders: boolean;
  readonly uploads: number;
}

interface ScoredReading extends WidgetReading {
  /** 0 when every value has its place; the smaller the better. */
  readonly score: number;
}

const MISFIT = 4;
const MISSING = 2;
const UNKNOWN_CHOICE = 1;

/**
 * The widget values of a node. Values that are not saved are the widget's defaults; `overrides` win over saved ones.
 * Where the saved list can be read in several ways (front ends have added and dropped places), the best fit counts.
 */
export function readWidgets(
  node: WorkflowNode,
  description: NodeDescription,
  overrides: ReadonlyMap<string, Json> = new Map(),
): WidgetReading {
  const marked = new Set(node.inputs.flatMap(({ widget }) => (widget === undefined ? [] : [widget])));
  const places = widgetPlaces(description, marked);
  const named = asObject(node.source.get('widgets_values_named'));
  const { widgetValues } = node;
  if (widgetValues instanceof Map) return readNamed(places, widgetValues, overrides, marked);

  let best: ScoredReading | undefined;
  for (const layout of layoutsOf(places)) {
    const reading = readListed(places, widgetValues, layout, overrides, marked);
    if (!best || reading.score < best.score) best = reading;
    if (best.score === 0) return best;
  }
  if (named) {
    const reading = readNamed(places, named, overrides, marked);
    if (!reading.misfits.length) return reading;
  }
  return best!;
}

function layoutsOf(places: readonly WidgetPlace[]): Layout[] {
  const uploads = places.some(({ kind }) => kind === 'uploads') ? [1, 0, 2] : [0];
  const placeholders = places.some(({ kind }) => kind === 'placeholder') ? [false, true] : [false];
  return placeholders.flatMap((held) => uploads.map((count) => ({ placeholders: held, uploads: count })));
}

function readListed(
  places: readonly WidgetPlace[],
  saved: readonly Json[],
  layout: Layout,
  overrides: ReadonlyMap<string, Json>,
  marked: ReadonlySet<string>,
): ScoredReading {
  const values = new Map<string, WidgetValue>();
  const misfits: string[] = [];
  const waiting = places.toReversed();
  let at = 0;
  let score = 0;
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (place.kind === 'placeholder') at += layout.placeholders ? 1 : 0;
    else if (place.kind === 'uploads') at += layout.uploads;
    else {
      const { spec } = place;
      const given = saved[at++];
      const penalty = misfitOf(spec, given);
      score += penalty;
      if (penalty === MISFIT) misfits.push(spec.name);
      const value = settled(spec, overrides.get(spec.name) ?? given);
      if (spec.branches && value !== undefined) waiting.push(...branchPlaces(spec, value, marked).reverse());
      const next = waiting.at(-1);
      const control = controlAt(saved[at], spec, next?.kind === 'widget' ? next.spec : undefined);
      if (control !== undefined) at += spec.kind === 'combo' && saved[at + 1] === '' ? 2 : 1;
      if (value !== undefined) values.set(spec.name, { spec, value, control });
    }
  }
  return { values, misfits, score: score + Math.max(0, saved.length - at) };
}

function readNamed(
  places: readonly WidgetPlace[],
  saved: JsonObject,
  overrides: ReadonlyMap<string, Json>,
  marked: ReadonlySet<string>,
): WidgetReading {
  const values = new Map<string, WidgetValue>();
  const misfits: string[] = [];
  const waiting = places.toReversed();
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (place.kind !== 'widget') continue;
    const { spec } = place;
    const given = saved.get(spec.name);
    if (misfitOf(spec, given) === MISFIT) misfits.push(spec.name);
    const value = settled(spec, overrides.get(spec.name) ?? given);
    if (value === undefined) continue;
    if (spec.branches) waiting.push(...branchPlaces(spec, value, marked).reverse());
    const control = spec.hasControl ? saved.get('control_after_generate') : undefined;
    values.set(spec.name, { spec, value, control: isControlWord(control) ? control : undefined });
  }
  return { values, misfits };
}

function settled(spec: WidgetSpec, given: Json | undefined): Json | undefined {
  return given === undefined || given === null ? (defaultOf(spec) ?? given) : given;
}

/** The value that says how `spec` changes after a run, if the next saved value is one. */
function controlAt(saved: Json | undefined, spec: WidgetSpec, next: WidgetSpec | undefined): string | undefined {
  if (spec.kind === 'string' || spec.kind === 'boolean' || spec.kind === 'other') return undefined;
  // the first form of the control was a checkbox: change it, or not
  if (spec.hasControl && typeof saved === 'boolean' && next?.kind !== 'boolean') return saved ? 'randomize' : 'fixed';
  if (!isControlWord(saved)) return undefined;
  return spec.hasControl || !next || misfitOf(next, saved) !== 0 ? saved : undefined;
}

function misfitOf(spec: WidgetSpec, value: Json | undefined): number {
  if (value === undefined) return spec.kind === 'other' ? 0 : MISSING;
  if (value === null) return 0;
  if (spec.kind === 'combo') {
    if (Array.isArray(value) ? spec.options.get('multiselect') !== true : value instanceof Map) return MISFIT;
    return Array.isArray(value) || !spec.choices || spec.choices.includes(value) ? 0 : UNKNOWN_CHOICE;
  }
  return FITS[spec.kind](value) ? 0 : MISFIT;
}

const FITS: Readonly<Record<WidgetKind, (value: Json) => boolean>> = {
  int: (value) => typeof value === 'bigint' || Number.isSafeInteger(value instanceof Float ? value.value : value),
  float: (value) => typeof value === 'number' || typeof value === 'bigint' || value instanceof Float,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  combo: () => true,
  other: () => true,
};
