/** Writes lossless JSON. */
import { Float, floatText } from './json-values.ts';
import type { Json, JsonObject } from './json-values.ts';

const NOT_ASCII = /[\u007f-\uffff]/g;
const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

export interface StringifyJsonOptions {
  /** Write every character past ASCII as `\uXXXX`, as files with Latin-1 text need. Default false. */
  ascii?: boolean | undefined;
  /** Sort the keys of objects by UTF-16 code unit: the form that is compared and hashed. Default false. */
  sortKeys?: boolean | undefined;
  /** Spaces of indentation; 0 writes one line. Default 0. */
  indent?: number | undefined;
}

/**
 * Writes JSON text. Floats that JSON cannot hold become `null`: a reader of our output never meets a bare `NaN`.
 * The nesting of the value must be bounded, as everything that {@link parseJson} returns is.
 */
export function stringifyJson(value: Json, options: StringifyJsonOptions = {}): string {
  const { ascii = false, sortKeys = false, indent = 0 } = options;
  if (ascii || sortKeys || indent) return stringifyStyled(value, { ascii, sortKeys, indent });
  const writer = new PlainWriter();
  writer.write(value);
  return writer.text();
}

/** Bytes that are kept from one text to the next. A longer text gets room of its own. */
const KEPT_BYTES = 1 << 18;
/** A text of more characters is left to the engine's own writer, which is faster then. */
const SHORT = 40;
/** Bytes that a UTF-16 unit takes at most. */
const UNIT_BYTES = 3;

const keptBytes = new Uint8Array(KEPT_BYTES);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The common case: prompts pass through here on every submission. They are made of thousands of small parts, and bytes in a
 * row cost half of what as many strings do.
 */
class PlainWriter {
  #bytes = keptBytes;
  #end = 0;

  write(item: Json): void {
    switch (typeof item) {
      case 'string':
        return this.#quoted(item);
      case 'number':
        return this.#plain(numberText(item));
      case 'boolean':
        return this.#plain(item ? 'true' : 'false');
      case 'bigint':
        return this.#plain(item.toString());
      default:
    }
    if (item === null) this.#plain('null');
    else if (item instanceof Float) this.#plain(floatText(item.value));
    else if (Array.isArray(item)) this.#array(item);
    else this.#object(item);
  }

  text(): string {
    return decoder.decode(this.#bytes.subarray(0, this.#end));
  }

  #array(items: readonly Json[]): void {
    this.#byte(91);
    let isFirst = true;
    for (const item of items) {
      if (!isFirst) this.#byte(44);
      isFirst = false;
      this.write(item);
    }
    this.#byte(93);
  }

  #object(members: JsonObject): void {
    this.#byte(123);
    let isFirst = true;
    for (const [key, member] of members) {
      if (!isFirst) this.#byte(44);
      isFirst = false;
      this.#quoted(key);
      this.#byte(58);
      this.write(member);
    }
    this.#byte(125);
  }

  #byte(code: number): void {
    if (this.#end === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#end++] = code;
  }

  #plain(text: string): void {
    this.#room(text.length);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#end++] = text.charCodeAt(at);
  }

  #quoted(text: string): void {
    if (text.length > SHORT) return this.#engine(text);
    this.#room(text.length + 2);
    const bytes = this.#bytes;
    let end = this.#end;
    bytes[end++] = 34;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < 32 || code > 126 || code === 34 || code === 92) return this.#engine(text);
      bytes[end++] = code;
    }
    bytes[end++] = 34;
    this.#end = end;
  }

  #engine(text: string): void {
    const quoted = JSON.stringify(text);
    this.#room(UNIT_BYTES * quoted.length);
    this.#end += encoder.encodeInto(quoted, this.#bytes.subarray(this.#end)).written;
  }

  #room(bytes: number): void {
    if (this.#end + bytes > this.#bytes.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(2 * (this.#end + bytes));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

function stringifyStyled(
  value: Json,
  { ascii, sortKeys, indent }: { ascii: boolean; sortKeys: boolean; indent: number },
): string {
  const quote = (text: string): string => {
    const quoted = JSON.stringify(text);
    return ascii ? quoted.replace(NOT_ASCII, escapeUnit) : quoted;
  };
  const colon = indent ? ': ' : ':';
  const write = (item: Json, margin: string): string => {
    if (typeof item === 'string') return quote(item);
    if (typeof item === 'number') return numberText(item);
    if (item === null || typeof item === 'boolean') return String(item);
    if (typeof item === 'bigint') return item.toString();
    if (item instanceof Float) return floatText(item.value);
    const inner = indent ? `${margin}${' '.repeat(indent)}` : '';
    const [open, close] = indent ? [`\n${inner}`, `\n${margin}`] : ['', ''];
    const comma = indent ? `,\n${inner}` : ',';
    if (Array.isArray(item)) {
      if (!item.length) return '[]';
      return `[${open}${item.map((element) => write(element, inner)).join(comma)}${close}]`;
    }
    if (!item.size) return '{}';
    const keys = sortKeys ? [...item.keys()].sort() : [...item.keys()];
    return `{${open}${keys.map((key) => quote(key) + colon + write(item.get(key)!, inner)).join(comma)}${close}}`;
  };
  return write(value, '');
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isFinite(value) ? floatText(value) : 'null';
}
