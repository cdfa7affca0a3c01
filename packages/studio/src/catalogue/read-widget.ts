/** What a person sets an input with, as its description tells. Which inputs have a widget is as `@snug/graph` converts them. */
import { asObject, toPlain } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { listOf, numberOf, smallNumberOf, textOf } from './option.ts';
import type { RemoteChoices, UploadWidget, ValueControl, WidgetDefinition } from './types.ts';

export const DYNAMIC_CHOICE = 'COMFY_DYNAMICCOMBO_V3';

const BASIC = new Set(['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO', DYNAMIC_CHOICE]);
/** Widgets of the front end that some nodes use without saying `socketless`. */
const OTHERS = new Set([
  'AUDIOUPLOAD',
  'AUDIO_RECORD',
  'AUDIO_UI',
  'BOUNDING_BOX',
  'COLOR',
  'CURVE',
  'IMAGEUPLOAD',
  'LOAD_3D',
  'LOAD_3D_ANIMATION',
  'MARKDOWN',
  'PAINTER',
  'RANGE',
  'WEBCAM',
]);
const UPLOADS: ReadonlyMap<string, UploadWidget['media']> = new Map([
  ['image_upload', 'image'],
  ['animated_image_upload', 'image'],
  ['video_upload', 'video'],
  ['audio_upload', 'audio'],
  ['file_upload', 'file'],
]);
const SEEDS = new Set(['seed', 'noise_seed']);
const CONTROLS: ReadonlySet<string> = new Set(['fixed', 'increment', 'increment-wrap', 'decrement', 'randomize']);
/** Pickers of folders know these. */
const FOLDERS = ['input', 'output', 'temp'] as const;

export function isControl(value: unknown): value is ValueControl {
  return typeof value === 'string' && CONTROLS.has(value);
}

/** The name of the widget that a type is shown with; undefined when only a link can feed the input. */
export function widgetTypeOf(type: Json | undefined, options: JsonObject): string | undefined {
  if (Array.isArray(type)) return 'COMBO';
  if (typeof type !== 'string') return undefined;
  const shown = textOf(options.get('widgetType'));
  if (shown !== undefined && BASIC.has(shown)) return shown;
  if (BASIC.has(type)) return type;
  const isWidget = shown !== undefined || options.get('socketless') === true || OTHERS.has(type);
  return isWidget ? (shown ?? type) : undefined;
}

/** The control that follows a widget, as it is at first; undefined when there is none. */
export function controlOf(name: string, widgetType: string, options: JsonObject): ValueControl | undefined {
  if (widgetType !== 'INT' && widgetType !== 'FLOAT' && widgetType !== 'COMBO') return undefined;
  const given = options.get('control_after_generate');
  if (isControl(given)) return given;
  const isSeed = widgetType === 'INT' && SEEDS.has(name.slice(name.lastIndexOf('.') + 1));
  const has = given === undefined || given === null ? isSeed : given !== false;
  return has ? 'randomize' : undefined;
}

export function readWidget(
  widgetType: string,
  type: Json | undefined,
  options: JsonObject,
  hasControl: boolean,
): WidgetDefinition {
  const given = options.get('default');
  switch (widgetType) {
    case 'INT':
      return hasControl ? seedOf(options) : numberWidget(options, true);
    case 'FLOAT':
      return numberWidget(options, false);
    case 'STRING':
    case 'MARKDOWN':
      return {
        kind: options.get('multiline') === true || widgetType === 'MARKDOWN' ? 'multiline' : 'text',
        placeholder: textOf(options.get('placeholder')),
        isDynamic: options.get('dynamicPrompts') === true,
        default: textOf(given) ?? '',
      };
    case 'BOOLEAN':
      return {
        kind: 'toggle',
        labelOn: textOf(options.get('label_on')),
        labelOff: textOf(options.get('label_off')),
        default: given === true,
      };
    case 'COMBO':
    case DYNAMIC_CHOICE:
      return choiceOf(type, options);
    case 'COLOR':
      return { kind: 'colour', default: textOf(given) ?? '#000000' };
    default:
      return { kind: 'other', type: widgetType, default: given === undefined ? undefined : toPlain(given) };
  }
}

/** Whether front ends add buttons to send a file, which they save a value for. */
export function hasUpload(options: JsonObject): boolean {
  return [...UPLOADS.keys()].some((option) => options.get(option) === true);
}

function seedOf(options: JsonObject): WidgetDefinition {
  return {
    kind: 'seed',
    min: numberOf(options.get('min')) ?? 0,
    max: numberOf(options.get('max')) ?? Number.MAX_SAFE_INTEGER,
    step: smallNumberOf(options.get('step')) ?? 1,
    default: numberOf(options.get('default')) ?? 0,
  };
}

function numberWidget(options: JsonObject, isInteger: boolean): WidgetDefinition {
  const step = smallNumberOf(options.get('step'));
  const round = options.get('round') === false ? undefined : (smallNumberOf(options.get('round')) ?? step);
  const isSlider = /slider/.test(textOf(options.get('display')) ?? '');
  return {
    kind: isSlider ? 'slider' : isInteger ? 'integer' : 'number',
    isInteger,
    min: finite(numberOf(options.get('min'))),
    max: finite(numberOf(options.get('max'))),
    step: step !== undefined && step > 0 ? step : isInteger ? 1 : 0.01,
    precision: isInteger ? 0 : round === undefined ? undefined : digitsOf(round),
    default: numberOf(options.get('default')) ?? 0,
    isColour: isInteger && options.get('display') === 'color',
  };
}

/** Some nodes say `Infinity`, which is no limit. */
function finite(limit: number | bigint | undefined): number | bigint | undefined {
  return typeof limit === 'number' && !Number.isFinite(limit) ? undefined : limit;
}

/** Digits after the point that a step needs: 2 for 0.05, 7 for 1e-7. */
function digitsOf(step: number): number {
  const [, exponent] = step.toExponential().split('e');
  const places = -Number(exponent);
  for (let digits = Math.max(0, places); digits < 15; digits++) {
    if (Math.abs(Number(step.toFixed(digits)) - step) < Math.abs(step) * 1e-9) return digits;
  }
  return 15;
}

function choiceOf(type: Json | undefined, options: JsonObject): WidgetDefinition {
  const listed = Array.isArray(type) ? type : options.get('options');
  const keys = type === DYNAMIC_CHOICE ? listOf(listed).map((one) => asObject(one)?.get('key') ?? null) : listed;
  const choices = Array.isArray(keys) ? keys.map((one) => toPlain(one)).filter(isChoice) : undefined;
  const given = options.get('default');
  const set = given === undefined || given === null ? undefined : toPlain(given);
  const remote = remoteOf(asObject(options.get('remote')) ?? asObject(options.get('remote_combo')));
  const upload = [...UPLOADS].find(([option]) => options.get(option) === true);
  const isMultiple = options.get('multiselect') === true;
  if (!upload || isMultiple)
    return { kind: 'choice', choices, isMultiple, remote, default: set ?? (isMultiple ? [] : choices?.[0]) };
  const files = choices?.filter((one) => typeof one === 'string');
  const folder = options.get('image_folder');
  return {
    kind: 'upload',
    media: upload[1],
    folder: FOLDERS.find((one) => one === folder) ?? 'input',
    isAnimated: options.get('animated_image_upload') === true,
    choices: files,
    remote,
    default: typeof set === 'string' ? set : files?.[0],
  };
}

function isChoice(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function remoteOf(remote: JsonObject | undefined): RemoteChoices | undefined {
  const route = textOf(remote?.get('route'));
  if (!remote || route === undefined) return undefined;
  const after = remote.get('control_after_refresh');
  return {
    route,
    hasRefresh: remote.get('refresh_button') === true,
    refreshMs: smallNumberOf(remote.get('refresh')),
    timeoutMs: smallNumberOf(remote.get('timeout')),
    maxRetries: smallNumberOf(remote.get('max_retries')),
    afterRefresh: after === 'first' || after === 'last' ? after : undefined,
  };
}
