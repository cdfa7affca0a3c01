/** TypeScript as text, laid out as formatters do, so that formatting a generated file changes nothing. */

/** A type before it is laid out. */
export type TypeText =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'union'; readonly members: readonly TypeText[] }
  | { readonly kind: 'object'; readonly members: readonly MemberText[] }
  | { readonly kind: 'generic'; readonly name: string; readonly given: readonly TypeText[] };

export interface MemberText {
  readonly name: string;
  readonly type: TypeText;
  readonly isOptional?: boolean;
  /** Lines of the comment above it. */
  readonly doc?: readonly string[];
}

export const plain = (text: string): TypeText => ({ kind: 'plain', text });

/** A union without repetitions; unions inside are opened. */
export function unionOf(members: readonly TypeText[]): TypeText {
  const flat = members.flatMap((member) => (member.kind === 'union' ? member.members : [member]));
  const seen = new Set<string>();
  const once = flat.filter((member) => {
    if (member.kind !== 'plain') return true;
    const isNew = !seen.has(member.text);
    seen.add(member.text);
    return isNew;
  });
  return once.length === 1 ? once[0]! : { kind: 'union', members: once };
}

const WIDTH = 120;
const STEP = '  ';

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** What must not stand in source as it is: controls, line ends, direction marks, halves of characters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');

/** A text as a literal. */
export function quoted(text: string): string {
  const singles = text.split("'").length;
  const mark = singles > text.split('"').length ? '"' : "'";
  const safe = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll(mark, `\\${mark}`);
  return mark + safe.replace(UNSAFE, escaped) + mark;
}

/** The type of texts that begin alike and end in a number. */
export function numberedTexts(prefix: string): string {
  const safe = prefix.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('`', '\\`').replaceAll('${', '\\${');
  return `\`${safe.replace(UNSAFE, escaped)}\${number}\``;
}

export const memberName = (name: string): string =>
  IDENTIFIER.test(name) || /^(?:0|[1-9]\d{0,8})$/.test(name) ? name : quoted(name);

/** Members of an object type, one below the other. */
export function memberLines(members: readonly MemberText[], indent: string): string[] {
  return members.flatMap((member) => {
    const head = `${indent}${memberName(member.name)}${member.isOptional ? '?' : ''}:`;
    return [...docLines(member.doc ?? [], indent), ...typeLines(head, member.type, indent)];
  });
}

export function docLines(doc: readonly string[], indent: string): string[] {
  if (!doc.length) return [];
  if (doc.length === 1 && doc[0]!.length + indent.length + 7 <= WIDTH) return [`${indent}/** ${doc[0]} */`];
  return [`${indent}/**`, ...doc.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}

/** What follows `head`, ended by a semicolon. */
function typeLines(head: string, type: TypeText, indent: string): string[] {
  const flat = flatText(type);
  if (flat !== undefined && head.length + flat.length + 2 <= WIDTH) return [`${head} ${flat};`];
  const lines = [head, ...brokenLines(type, indent)];
  // a union begins below its head, everything else beside it
  if (type.kind !== 'union') lines.splice(0, 2, `${head} ${lines[1]!.trimStart()}`);
  lines[lines.length - 1] += ';';
  return lines;
}

/** The type on one line, unless it has objects in it. */
function flatText(type: TypeText): string | undefined {
  switch (type.kind) {
    case 'plain':
      return type.text;
    case 'object':
      return type.members.length ? undefined : '{}';
    case 'union':
      return joined(type.members, ' | ');
    case 'generic': {
      const given = joined(type.given, ', ');
      return given === undefined ? undefined : `${type.name}<${given}>`;
    }
  }
}

function joined(types: readonly TypeText[], between: string): string | undefined {
  const texts: string[] = [];
  for (const type of types) {
    const text = flatText(type);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.join(between);
}

function brokenLines(type: TypeText, indent: string): string[] {
  const inner = indent + STEP;
  switch (type.kind) {
    case 'plain':
      return [inner + type.text];
    case 'object':
      return [`${indent}{`, ...memberLines(type.members, inner), `${indent}}`];
    case 'union':
      return type.members.flatMap((member) => {
        const lines = fittingLines(member, inner + STEP);
        return [`${inner}| ${lines[0]!.trimStart()}`, ...lines.slice(1)];
      });
    case 'generic': {
      const given = type.given.flatMap((one, at) => {
        const lines = fittingLines(one, inner);
        if (at < type.given.length - 1) lines[lines.length - 1] += ',';
        return lines;
      });
      return [`${indent}${type.name}<`, ...given, `${indent}>`];
    }
  }
}

function fittingLines(type: TypeText, indent: string): string[] {
  const flat = flatText(type);
  if (flat !== undefined && indent.length + flat.length + 1 <= WIDTH) return [indent + flat];
  return type.kind === 'union' ? brokenLines(type, indent.slice(STEP.length)) : brokenLines(type, indent);
}
