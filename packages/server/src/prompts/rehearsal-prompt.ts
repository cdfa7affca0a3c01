/**
 * What a server rehearses: nodes of ours that read and write nothing. Together they have what prompts are made of, all kinds of
 * values, choices and lazy inputs among it: code that was made fast for fewer kinds is thrown away when it meets another.
 */

type Text = string | readonly [nodeId: string, slot: number];
type Nodes = Record<string, { class_type: string; inputs: object; _meta: { title: string } }>;

/** Inputs by class; the text is that of the step before. */
const STEPS: Readonly<Record<string, (text: Text) => object>> = {
  StringConcatenate: (text) => ({ string_a: text, string_b: ' \n"é"', delimiter: '' }),
  StringSubstring: (text) => ({ string: text, start: 0, end: 20 }),
  StringTrim: (text) => ({ string: text, mode: 'Both' }),
  ComfySwitchNode: (text) => ({ switch: true, on_false: '', on_true: text }),
  StringReplace: (text) => ({ string: text, find: 'no', replace: 'yes' }),
  RegexReplace: (text) => ({
    string: text,
    regex_pattern: '[0-9]',
    replace: 'x',
    case_insensitive: true,
    multiline: false,
    dotall: false,
    count: 0,
  }),
};
const NUMBER = 'PrimitiveFloat';
const END = 'PreviewAny';

/** A submission of so many steps; another text is another result. */
export type Rehearsal = (text: string, size: number) => { readonly prompt: Nodes; readonly extra_data: object };

/** With the nodes that are there; undefined when they are too few. */
export function createRehearsal(isKnown: (classType: string) => boolean): Rehearsal | undefined {
  const steps = Object.keys(STEPS).filter(isKnown);
  if (!steps.length || !isKnown(END)) return undefined;
  return (text, size) => {
    const prompt: Nodes = {};
    const add = (id: string, classType: string, inputs: object): void => {
      prompt[id] = { class_type: classType, inputs, _meta: { title: classType } };
    };
    for (let at = 0; at < size; at++) {
      const classType = steps[at % steps.length]!;
      add(`${at}`, classType, STEPS[classType]!(at ? [`${at - 1}`, 0] : text));
    }
    add('end', END, { source: [`${size - 1}`, 0] });
    if (isKnown(NUMBER)) {
      add('number', NUMBER, { value: 1.5 });
      add('shown', END, { source: ['number', 0] });
    }
    // as the front end sends it along
    const nodes = Object.keys(prompt).map((id, at) => ({ id, pos: [at * 10.5, 0], mode: 0, flags: {}, order: at }));
    return { prompt, extra_data: { extra_pnginfo: { workflow: { version: 0.4, nodes, links: [], extra: null } } } };
  };
}
