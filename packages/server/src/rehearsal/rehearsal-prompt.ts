/** What a server rehearses: workflows of {@link rehearsalPack} with all kinds of values in them. */

type Text = string | readonly [nodeId: string, slot: number];
type Nodes = Record<string, { class_type: string; inputs: object; _meta: { title: string } }>;

/** The classes by turns; each gets the text of the step before. */
const STEPS: readonly (readonly [classType: string, inputs: (text: Text) => object])[] = [
  ['RehearsalValues', (text) => ({ text, mode: 'plain', count: 3, strength: 0.5, flag: true, seed: 2 ** 40 })],
  ['RehearsalStop', (text) => ({ text, stops: false })],
  ['RehearsalValues', (text) => ({ text, mode: 'upper', count: 0, strength: 2, flag: false, seed: 0, note: ' \n"é"' })],
  ['RehearsalSplit', (text) => ({ text })],
  ['RehearsalJoin', (text) => ({ texts: text, separator: '' })],
  ['RehearsalGrow', (text) => ({ 'parts.part0': text, 'parts.part1': 'x' })],
];
/** Each once in a workflow, on the text of its last step. */
const ENDS: readonly (readonly [classType: string, inputs: (text: Text) => object])[] = [
  ['RehearsalChoose', (text) => ({ first: true, a: text, b: '' })],
  ['RehearsalWork', (text) => ({ text })],
  ['RehearsalBeside', (text) => ({ text })],
  ['RehearsalUnfold', (text) => ({ text })],
  ['RehearsalStop', (text) => ({ text, stops: true })],
  ['RehearsalShowOn', (text) => ({ text })],
];

export interface RehearsalSubmission {
  readonly prompt: Nodes;
  readonly extra_data: object;
}

/** A submission of so many steps; another text is another result. */
export function rehearsalSubmission(text: string, size: number): RehearsalSubmission {
  const prompt: Nodes = {};
  const add = (id: string, classType: string, inputs: object): void => {
    prompt[id] = { class_type: classType, inputs, _meta: { title: classType } };
  };
  for (let at = 0; at < size; at++) {
    const [classType, inputs] = STEPS[at % STEPS.length]!;
    add(`${at}`, classType, inputs(at ? [`${at - 1}`, 0] : text));
  }
  for (const [at, [classType, inputs]] of ENDS.entries()) {
    add(`end${at}`, classType, inputs([`${size - 1}`, 0]));
    add(`shown${at}`, 'RehearsalShow', { text: [`end${at}`, 0] });
  }
  // as the front end sends it along
  const nodes = Object.keys(prompt).map((id, at) => ({ id, pos: [at * 10.5, 0], mode: 0, flags: {}, order: at }));
  return { prompt, extra_data: { extra_pnginfo: { workflow: { version: 0.4, nodes, links: [], extra: null } } } };
}
