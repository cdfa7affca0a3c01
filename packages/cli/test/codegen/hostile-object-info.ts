/** What a server could send that means no good, or that nobody thought of. */

const TEXT =
  '*/ export const planted = 1; /* \n @deprecated \' " ` ${x} \\ \u2028 \u0000 \u202e \ud800 @param x </script> // ';

const NAMES = [
  '__proto__',
  'constructor',
  'a b',
  "it's",
  'say "x"',
  'both \' "',
  'new\nline',
  '`${1}`',
  '*/',
  '',
  '12',
  '007',
  'größe',
  '🦊',
  'a.b',
  'then',
  'nodeId',
  'Link',
  'Literal',
  'NodeTable',
  'add',
  'toPrompt',
  '\u2028',
  '\ud800',
  '\\',
  'Infinity',
  TEXT,
];

type Members = Record<string, unknown>;

const membersOf = (valueOf: (name: string, at: number) => unknown): Members =>
  Object.fromEntries(NAMES.map((name, at) => [name, valueOf(name, at)]));

const several = (template: Members) => ['COMFY_AUTOGROW_V3', { template }];
const deep = { required: { items: several({ input: { required: { x: ['IMAGE'] } }, prefix: 'i' }) } };
const choices = NAMES.map((key) => ({
  key,
  inputs: {
    required: { [key]: ['INT', {}], x: ['COMFY_DYNAMICCOMBO_V3', { options: [{ key: 'deep', inputs: deep }] }] },
  },
}));

/** Every kind of input, well formed and not. */
const INPUTS: readonly unknown[] = [
  ['INT', { default: 1, min: 'BARE-Infinity', max: 'BAREInfinity', tooltip: TEXT }],
  [[...NAMES, 5, 0.5, -1, true, null, {}, []], {}],
  [TEXT, {}],
  ['COMBO', { options: NAMES, multiselect: true }],
  ['STRING', { default: TEXT }],
  several({ input: { required: { x: [TEXT, {}] } }, prefix: TEXT, min: 0, max: 5 }),
  several({ input: { required: { x: ['IMAGE', {}] } }, names: [...NAMES, 5], min: 0 }),
  several({}),
  ['COMFY_DYNAMICCOMBO_V3', { options: choices }],
  ['COMFY_DYNAMICCOMBO_V3', { options: 'none' }],
  ['COMFY_DYNAMICSLOT_V3', { slotType: 'IMAGE', inputs: { required: { s: ['FLOAT', {}] } } }],
  ['COMFY_MATCHTYPE_V3', { template: { template_id: 't', allowed_types: TEXT } }],
  ['COMFY_DYNAMICGROUP_V3', {}],
  ['COMBO', { options: ['a'], remote: { route: TEXT } }],
  'nonsense',
  5,
  null,
  [],
  [5],
  [{}],
];

const inputs = membersOf((_, at) => INPUTS[at % INPUTS.length]);

const node = (name: string) => ({
  input: { required: inputs, optional: { ...inputs, more: ['MASK'] }, hidden: { p: 'PROMPT' } },
  output: ['IMAGE', TEXT, '*', ['a'], 'A,B', 'IMAGE', 'COMFY_MATCHTYPE_V3', 'INT', 'INT'],
  output_name: ['__proto__', TEXT, '*', '0', 'then', '__proto__', 'constructor', '', null],
  output_is_list: [true],
  output_tooltips: [TEXT],
  output_matchtypes: [null, null, null, null, null, null, 't'],
  name,
  display_name: TEXT,
  description: TEXT,
  category: TEXT,
  deprecated: true,
});

export const hostileNames: readonly string[] = NAMES;

/** As Python would write it: limits without end are bare words. */
export const hostileText: string = JSON.stringify({
  ...membersOf(node),
  Empty: {},
  Odd: { input: 5, output: 'x', output_name: 3, category: null },
  Broken: 5,
}).replaceAll(/"BARE(-?Infinity)"/g, '$1');
