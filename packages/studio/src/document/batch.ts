/** One document for each of a list of values. */
import type { Catalogue, WidgetDefinition } from '../catalogue/types.ts';
import { refused } from './edit.ts';
import type { Refused } from './edit.ts';
import { fits, setValue } from './edit-values.ts';
import type { NodePlace, WidgetValue, WorkflowDocument } from './types.ts';

export interface BatchAxis {
  readonly place: NodePlace;
  readonly input: string;
  readonly values: readonly WidgetValue[];
}

/** More prompts than this are surely a mistake. */
export const MAX_BATCH = 1000;

/** One document per value; of several axes every combination, the last one changing fastest. */
export function expandBatch(
  document: WorkflowDocument,
  axes: readonly BatchAxis[],
  catalogue: Catalogue,
): readonly WorkflowDocument[] | Refused {
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MAX_BATCH) return refused('too_large', { count: String(count), most: String(MAX_BATCH) });
  let documents: WorkflowDocument[] = [document];
  for (const { place, input, values } of axes) {
    const next: WorkflowDocument[] = [];
    for (const one of documents) {
      for (const value of values) {
        const edit = setValue(one, place.path, place.node, input, value, catalogue);
        if (edit.kind === 'refused') return edit;
        next.push(edit.document);
      }
    }
    documents = next;
  }
  return documents;
}

/** `1..10`, `0..1 step 0.25` */
const RANGE = /^(?<from>-?[\d.]+)\s*\.\.\s*(?<to>-?[\d.]+)(?:\s*(?:step|\/|by)\s*(?<step>[\d.]+))?$/i;

/**
 * A list as a person types it: `1, 2, 5`, `1..10`, `0..1 step 0.25` for numbers; `on, off` for toggles; one per line for
 * texts, and one per line or between commas for choices. Undefined when it cannot be read, or holds too many.
 */
export function readValueList(text: string, widget: WidgetDefinition): readonly WidgetValue[] | undefined {
  const values = listedValues(text, widget);
  const isGood = values && values.length > 0 && values.length <= MAX_BATCH;
  return isGood && values.every((value) => fits(widget, value)) ? values : undefined;
}

function listedValues(text: string, widget: WidgetDefinition): WidgetValue[] | undefined {
  const lines = split(text, /\r?\n/);
  const parts = lines.flatMap((line) => split(line, ','));
  switch (widget.kind) {
    case 'text':
    case 'multiline':
    case 'upload':
    case 'colour':
      return lines;
    case 'choice':
      return choicesIn(lines, widget.choices) ?? choicesIn(parts, widget.choices);
    case 'toggle': {
      const words = parts.map((part) => TOGGLES.get(part.toLowerCase()));
      return words.includes(undefined) ? undefined : words;
    }
    case 'other':
      return undefined;
    default:
      return numbersIn(parts, widget.kind === 'seed' || widget.isInteger);
  }
}

const TOGGLES: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['true', true],
  ['yes', true],
  ['off', false],
  ['false', false],
  ['no', false],
]);

const split = (text: string, by: string | RegExp): string[] =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function choicesIn(
  parts: readonly string[],
  choices: readonly (string | number | boolean)[] | undefined,
): WidgetValue[] | undefined {
  if (!choices) return [...parts];
  const byText = new Map(choices.map((choice) => [String(choice), choice]));
  const found = parts.map((part) => byText.get(part));
  return found.includes(undefined) ? undefined : found;
}

function numbersIn(parts: readonly string[], isInteger: boolean): WidgetValue[] | undefined {
  const numbers: WidgetValue[] = [];
  for (const part of parts) {
    const range = RANGE.exec(part)?.groups;
    const some = range
      ? rangeOf(Number(range.from), Number(range.to), Number(range.step ?? 1))
      : [numberIn(part, isInteger)];
    if (!some || some.includes(undefined) || numbers.length + some.length > MAX_BATCH) return undefined;
    numbers.push(...some);
  }
  return numbers;
}

function numberIn(text: string, isInteger: boolean): number | bigint | undefined {
  if (isInteger && /^-?\d+$/.test(text)) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : BigInt(text);
  }
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function rangeOf(from: number, to: number, step: number): (number | undefined)[] | undefined {
  const count = Math.floor(Math.abs(to - from) / step + 1e-9) + 1;
  if (!(step > 0) || !(count <= MAX_BATCH)) return undefined;
  const by = to < from ? -step : step;
  // 0.1 + 0.2 is not what a person wrote
  return Array.from({ length: count }, (_, at) => Number((from + at * by).toPrecision(12)));
}
