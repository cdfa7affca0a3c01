/** Types of values and links, by the names that sockets have on the wire. */
import { asObject, DYNAMIC_TYPES, Float } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { plain, quoted, unionOf } from './code-text.ts';
import type { TypeText } from './code-text.ts';

const ANYTHING: readonly TypeText[] = [plain('Link<never>'), plain('Literal')];

/** Widgets of the front end that hold other data than numbers and texts. */
const DATA_WIDGETS = new Set([
  'BOUNDING_BOX',
  'COLOR',
  'CURVE',
  'IMAGECOMPARE',
  'MARKDOWN',
  'PAINTER',
  'RANGE',
  'WEBCAM',
]);

/** `IMAGE,MASK` as `IMAGE` and `MASK`; undefined when anything goes. */
export function socketNames(type: string): string[] | undefined {
  const names = type.split(',').map((name) => name.trim());
  return names.includes('*') || names.some((name) => /^COMFY_.*_V3$/.test(name)) ? undefined : names;
}

/** What an input takes whose type is given by name. */
export function socketInput(type: string, options: JsonObject): TypeText {
  const names = socketNames(type);
  if (!names) return unionOf(ANYTHING);
  const isLinked = options.get('socketless') !== true;
  const values = names.flatMap((name) => valueOf(name, options));
  const links = isLinked || !values.length ? names.map((name) => plain(`Link<${quoted(name)}>`)) : [];
  return unionOf([...values, ...links]);
}

function valueOf(name: string, options: JsonObject): TypeText[] {
  const shown = options.get('widgetType');
  switch (typeof shown === 'string' ? shown : name) {
    case 'INT':
      return [plain(isLong(options.get('max')) || isLong(options.get('min')) ? 'Int64' : 'number')];
    case 'FLOAT':
      return [plain('number')];
    case 'STRING':
      return [plain('string')];
    case 'BOOLEAN':
      return [plain('boolean')];
    default:
  }
  const isWidget = typeof shown === 'string' || options.has('default') || options.get('socketless') === true;
  return isWidget || DATA_WIDGETS.has(name) ? [plain('Literal')] : [];
}

/** Past what a `number` holds exactly. */
function isLong(limit: Json | undefined): boolean {
  const value = limit instanceof Float ? limit.value : limit;
  return typeof value === 'bigint' || (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER);
}

/** Choices past this are hints: lists of files, which change. */
const MAX_CHOICES = 200;

/** What an input with a list of choices takes. */
export function choiceInput(choices: readonly Json[], options: JsonObject): TypeText {
  const isUpload = [...options].some(([key, value]) => key.endsWith('_upload') && value === true);
  const isOpen = choices.length > MAX_CHOICES || isUpload || options.has('remote') || options.has('remote_combo');
  const listed = choices.slice(0, MAX_CHOICES).map(choiceText);
  const value = listed.length ? unionOf([...(isOpen ? [plain('(string & {})')] : []), ...listed]) : plain('string');
  const several = options.get('multiselect') === true;
  const values: TypeText[] = [several ? { kind: 'generic', name: 'ReadonlyArray', given: [value] } : value];
  if (isUpload) values.push(plain('UploadedFile'));
  if (options.get('socketless') !== true) values.push(plain("Link<'COMBO'>"));
  return unionOf(values);
}

function choiceText(choice: Json): TypeText {
  if (typeof choice === 'string') return plain(quoted(choice));
  if (choice instanceof Float) return plain(String(choice.value));
  if (typeof choice === 'bigint') return plain('Int64');
  if (choice === null || typeof choice === 'boolean') return plain(String(choice));
  return typeof choice === 'number' && Number.isFinite(choice) ? plain(String(choice)) : plain('Literal');
}

/** The types that inputs of one template agree on, by the template's id; undefined when anything goes. */
export function matchTypes(inputs: Iterable<Json>): Map<string, string> {
  const types = new Map<string, string>();
  for (const input of inputs) {
    if (!Array.isArray(input)) continue;
    const template = asObject(asObject(input[1])?.get('template'));
    // a template is the input's own, or that of what it repeats
    const inner = [...(asObject(asObject(template?.get('input'))?.get('required'))?.values() ?? [])][0];
    const match =
      input[0] === DYNAMIC_TYPES.match
        ? template
        : asObject(asObject(Array.isArray(inner) ? inner[1] : null)?.get('template'));
    const id = match?.get('template_id');
    const allowed = match?.get('allowed_types');
    if (typeof id === 'string' && typeof allowed === 'string') types.set(id, allowed);
  }
  return types;
}

/** The type of an output. */
export function outputLink(type: Json, matched: string | undefined, isList: boolean): string {
  const name = isList ? 'ListLink' : 'Link';
  const isMatch = type === DYNAMIC_TYPES.match;
  const wire = isMatch ? (matched ?? '*') : type;
  if (typeof wire !== 'string') return `${name}<'COMBO'>`;
  const names = socketNames(wire);
  return `${name}<${names ? [...new Set(names)].map(quoted).join(' | ') : 'string'}>`;
}
