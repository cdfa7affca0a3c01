/** How the front end changes a value between runs: `fixed`, `increment`, `decrement`, `randomize`. */
import { Float } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { WidgetSpec } from './widget-spec.ts';

const CONTROL_WORDS = new Set(['fixed', 'increment', 'increment-wrap', 'decrement', 'randomize']);
/** The front end draws no number past this, whatever the input allows. */
const DRAW_LIMIT = 2 ** 50;

export function isControlWord(value: Json | undefined): value is string {
  return typeof value === 'string' && CONTROL_WORDS.has(value);
}

/** The value for the next run. `random` gives numbers in [0, 1); without it, `randomize` changes nothing. */
export function advanceValue(value: Json, spec: WidgetSpec, control: string, random: (() => number) | undefined): Json {
  if (control === 'fixed' || (control === 'randomize' && !random)) return value;
  if (spec.kind === 'combo') return advanceChoice(value, spec.choices ?? [], control, random);
  if (spec.kind === 'int') return advanceInteger(value, spec, control, random);
  return value;
}

function advanceChoice(
  value: Json,
  choices: readonly Json[],
  control: string,
  random: (() => number) | undefined,
): Json {
  const last = choices.length - 1;
  if (control === 'randomize' && random) return choices[Math.floor(random() * choices.length)] ?? value;
  const next = choices.indexOf(value) + (control === 'decrement' ? -1 : 1);
  if (control === 'increment-wrap') return choices[next > last ? 0 : next] ?? value;
  return choices[Math.min(Math.max(next, 0), last)] ?? value;
}

function advanceInteger(value: Json, spec: WidgetSpec, control: string, random: (() => number) | undefined): Json {
  const now = integerOf(value);
  if (now === undefined) return value;
  const min = integerOf(spec.options.get('min')) ?? 0n;
  const max = integerOf(spec.options.get('max')) ?? BigInt(DRAW_LIMIT);
  const step = integerOf(spec.options.get('step')) ?? 1n;
  if (control === 'randomize' && random) {
    const low = Math.max(Number(min), -DRAW_LIMIT);
    const high = Math.min(Number(max), DRAW_LIMIT);
    const width = Math.max(Number(step), 1);
    return low + Math.floor((random() * Math.max(high - low, 0)) / width) * width;
  }
  const next = control === 'decrement' ? now - step : now + step;
  const bounded = next < min ? min : next > max ? max : next;
  return Number.isSafeInteger(Number(bounded)) ? Number(bounded) : bounded;
}

function integerOf(json: Json | undefined): bigint | undefined {
  if (typeof json === 'bigint') return json;
  const value = json instanceof Float ? json.value : json;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}
