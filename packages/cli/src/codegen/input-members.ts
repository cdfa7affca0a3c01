/** The inputs of a node as members of an object type. */
import { asObject, DYNAMIC_TYPES } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { numberedTexts, plain, quoted, unionOf } from './code-text.ts';
import type { MemberText, TypeText } from './code-text.ts';
import { inputDoc } from './doc-text.ts';
import { choiceInput, socketInput } from './socket-text.ts';

/** Dynamic inputs inside each other; deeper ones take anything. */
const MAX_DEPTH = 8;
const NO_OPTIONS: JsonObject = new Map();

/** @param groups `required` and `optional`; what is hidden is filled in by the server */
export function inputMembers(groups: JsonObject | undefined, depth = 0): MemberText[] {
  const members = new Map<string, MemberText>();
  for (const group of ['required', 'optional']) {
    for (const [name, input] of asObject(groups?.get(group)) ?? []) {
      const isOptional = group === 'optional';
      if (!Array.isArray(input) || (isOptional && members.has(name))) continue;
      const [type = null] = input;
      const options = asObject(input[1]) ?? NO_OPTIONS;
      const value = inputType(name, type, options, depth);
      members.set(name, {
        name,
        type: isOptional ? unionOf([value, plain('undefined')]) : value,
        isOptional,
        doc: inputDoc(type === DYNAMIC_TYPES.combo ? NO_OPTIONS : options, counts(type, options)),
      });
    }
  }
  return [...members.values()];
}

function inputType(name: string, type: Json, options: JsonObject, depth: number): TypeText {
  if (Array.isArray(type)) return choiceInput(type, options);
  if (typeof type !== 'string') return unionOf([plain('Link<never>'), plain('Literal')]);
  const listed = options.get('options');
  switch (depth > MAX_DEPTH ? '*' : type) {
    case 'COMBO':
      return choiceInput(Array.isArray(listed) ? listed : [], options);
    case DYNAMIC_TYPES.autogrow:
      return severalOf(options, depth);
    case DYNAMIC_TYPES.combo:
      return dynamicChoice(name, Array.isArray(listed) ? listed : [], depth);
    case DYNAMIC_TYPES.slot: {
      const slotType = options.get('slotType');
      const link = socketInput(typeof slotType === 'string' ? slotType : '*', NO_OPTIONS);
      const members = inputMembers(asObject(options.get('inputs')), depth + 1);
      return unionOf([link, withMembers(name, link, members)]);
    }
    case DYNAMIC_TYPES.match: {
      const allowed = asObject(options.get('template'))?.get('allowed_types');
      return socketInput(typeof allowed === 'string' ? allowed : '*', options);
    }
    default:
      return socketInput(type, options);
  }
}

function severalOf(options: JsonObject, depth: number): TypeText {
  const template = asObject(options.get('template'));
  const [inner] = inputMembers(asObject(template?.get('input')), depth + 1);
  const value = inner ? inner.type : unionOf([plain('Link<never>'), plain('Literal')]);
  const names = template?.get('names');
  const prefix = template?.get('prefix');
  const called = Array.isArray(names)
    ? unionOf(names.map(String).map((name) => plain(quoted(name))))
    : plain(numberedTexts(typeof prefix === 'string' ? prefix : ''));
  return { kind: 'generic', name: 'Several', given: [value, called] };
}

function counts(type: Json, options: JsonObject): { min: Json; max: Json } | undefined {
  const template = type === DYNAMIC_TYPES.autogrow ? asObject(options.get('template')) : undefined;
  if (!template) return undefined;
  const names = template.get('names');
  return { min: template.get('min') ?? 0, max: Array.isArray(names) ? names.length : (template.get('max') ?? 100) };
}

/** Choices that bring inputs along: a choice alone where none of them is required, else an object that has it as well. */
function dynamicChoice(name: string, choices: readonly Json[], depth: number): TypeText {
  const forms = choices.flatMap((choice): TypeText[] => {
    const key = asObject(choice)?.get('key');
    if (typeof key !== 'string') return [];
    const literal = plain(quoted(key));
    const groups = asObject(asObject(choice)?.get('inputs'));
    const members = inputMembers(groups, depth + 1);
    const isEnough = members.every((member) => member.isOptional);
    return [...(isEnough ? [literal] : []), ...(members.length ? [withMembers(name, literal, members)] : [])];
  });
  return forms.length ? unionOf(forms) : plain('string');
}

function withMembers(name: string, own: TypeText, members: readonly MemberText[]): TypeText {
  return { kind: 'object', members: [{ name, type: own }, ...members.filter((member) => member.name !== name)] };
}
