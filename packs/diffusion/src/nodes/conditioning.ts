/** Nodes that combine conditionings, and say where and when they hold. */
import { defineNode, input, MASK, output } from '@snug/node-kit';
import type { AnyNode, Tensor } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import { averageTensors, concatTokens, scaleTensor } from '../sampling/blend-text.ts';
import type { Conditioning } from '../seams.ts';
import { CONDITIONING } from './sockets.ts';

const category = 'model/conditioning/transform';
const conditioning = input.of(CONDITIONING);
const strength = input.float({ default: 1, min: 0, max: 10, step: 0.01 });
const outputs = { CONDITIONING: output.of(CONDITIONING) };
const MAX_SIDE = 16384;
const CELL = 8;

type Entries = readonly Conditioning[];

/** The one entry that combines with all others. */
function firstOf(entries: Entries, name: string): Conditioning {
  const [first] = entries;
  if (!first) throw new BadInput(name, 'it is empty: connect an encoded text.');
  return first;
}

const combine = defineNode({
  type: 'ConditioningCombine',
  displayName: 'Conditioning (Combine)',
  category,
  description: 'Follows both prompts: what the model sees under each is averaged in every step.',
  searchAliases: ['combine', 'merge prompts'],
  inputs: { conditioning_1: conditioning, conditioning_2: conditioning },
  outputs,
  run: ({ conditioning_1, conditioning_2 }) => ({ CONDITIONING: [...conditioning_1, ...conditioning_2] }),
});

const average = defineNode({
  type: 'ConditioningAverage',
  displayName: 'Conditioning (Average)',
  category,
  description: 'Mixes two encoded texts; the strength is the share of the first.',
  inputs: {
    conditioning_to: conditioning,
    conditioning_from: conditioning,
    conditioning_to_strength: input.float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs,
  run({ conditioning_to, conditioning_from, conditioning_to_strength: share }) {
    const from = firstOf(conditioning_from, 'conditioning_from');
    const mix = (to: Tensor, other: Tensor): Tensor => averageTensors(to, other, share, 'conditioning_from');
    return {
      CONDITIONING: conditioning_to.map((to) => ({
        ...to,
        context: mix(to.context, from.context),
        pooled: to.pooled && from.pooled ? mix(to.pooled, from.pooled) : (to.pooled ?? from.pooled),
      })),
    };
  },
});

const concat = defineNode({
  type: 'ConditioningConcat',
  displayName: 'Conditioning (Concat)',
  category,
  description: 'Joins two encoded texts to one long one.',
  inputs: { conditioning_to: conditioning, conditioning_from: conditioning },
  outputs,
  run({ conditioning_to, conditioning_from }) {
    const from = firstOf(conditioning_from, 'conditioning_from');
    return {
      CONDITIONING: conditioning_to.map((to) => ({
        ...to,
        context: concatTokens(to.context, from.context, 'conditioning_from'),
      })),
    };
  },
});

const pixels = input.int({ default: 64, min: 64, max: MAX_SIDE, step: 8 });
const position = input.int({ default: 0, min: 0, max: MAX_SIDE, step: 8 });

const setArea = defineNode({
  type: 'ConditioningSetArea',
  displayName: 'Conditioning (Set Area)',
  category,
  description: 'Confines a prompt to a rectangle of the picture, in pixels.',
  searchAliases: ['regional prompt'],
  inputs: { conditioning, width: pixels, height: pixels, x: position, y: position, strength },
  outputs,
  run({ conditioning: entries, width, height, x, y, strength: amount }) {
    const cells = (side: number): number => Math.floor(side / CELL);
    const area = { unit: 'cells', width: cells(width), height: cells(height), x: cells(x), y: cells(y) } as const;
    return { CONDITIONING: entries.map((entry) => ({ ...entry, area, strength: amount })) };
  },
});

const shareOf = (initial: number) => input.float({ default: initial, min: 0, max: 1, step: 0.01 });

const setAreaPercentage = defineNode({
  type: 'ConditioningSetAreaPercentage',
  displayName: 'Conditioning (Set Area with Percentage)',
  category,
  description: 'Confines a prompt to a rectangle, in shares of the picture.',
  inputs: { conditioning, width: shareOf(1), height: shareOf(1), x: shareOf(0), y: shareOf(0), strength },
  outputs,
  run({ conditioning: entries, strength: amount, ...sides }) {
    const { width, height, x, y } = sides;
    const area = { unit: 'share', width, height, x, y } as const;
    return { CONDITIONING: entries.map((entry) => ({ ...entry, area, strength: amount })) };
  },
});

const setAreaStrength = defineNode({
  type: 'ConditioningSetAreaStrength',
  displayName: 'Conditioning (Set Area Strength)',
  category,
  description: 'How heavy a prompt is where it meets others.',
  inputs: { conditioning, strength },
  outputs,
  run: ({ conditioning: entries, strength: amount }) => ({
    CONDITIONING: entries.map((entry) => ({ ...entry, strength: amount })),
  }),
});

const setMask = defineNode({
  type: 'ConditioningSetMask',
  displayName: 'Conditioning (Set Mask)',
  category,
  description: 'Confines a prompt to a mask. With its bounds alone, only the box around it is computed.',
  inputs: {
    conditioning,
    mask: input.of(MASK),
    strength,
    set_cond_area: input.choice(['default', 'mask bounds']),
  },
  outputs,
  run({ conditioning: entries, mask: { data, batch, height, width }, strength: amount, set_cond_area }) {
    const tensor = { data, shape: [batch, height, width] };
    const mask = { tensor, strength: amount, boundsOnly: set_cond_area !== 'default' };
    return { CONDITIONING: entries.map((entry) => ({ ...entry, mask })) };
  },
});

const zeroOut = defineNode({
  type: 'ConditioningZeroOut',
  displayName: 'Conditioning Zero Out',
  category,
  description: 'Tells the model nothing at all, which is less than an empty prompt.',
  inputs: { conditioning },
  outputs,
  run: ({ conditioning: entries }) => ({
    CONDITIONING: entries.map((entry) => ({
      ...entry,
      context: scaleTensor(entry.context, 0),
      pooled: entry.pooled && scaleTensor(entry.pooled, 0),
    })),
  }),
});

const setTimestepRange = defineNode({
  type: 'ConditioningSetTimestepRange',
  displayName: 'ConditioningSetTimestepRange',
  category,
  description: 'Confines a prompt to a part of the sampling: 0 is its beginning, 1 its end.',
  inputs: {
    conditioning,
    start: input.float({ default: 0, min: 0, max: 1, step: 0.001 }),
    end: input.float({ default: 1, min: 0, max: 1, step: 0.001 }),
  },
  outputs,
  run: ({ conditioning: entries, start, end }) => ({
    CONDITIONING: entries.map((entry) => ({ ...entry, start, end })),
  }),
});

const multiply = defineNode({
  type: 'ConditioningMultiply',
  displayName: 'Conditioning (Multiply)',
  category,
  description: 'Scales an encoded text.',
  inputs: { conditioning, multiplier: input.float({ default: 1, min: -100, max: 100, step: 0.01 }) },
  outputs,
  run: ({ conditioning: entries, multiplier }) => ({
    CONDITIONING: entries.map((entry) => ({ ...entry, context: scaleTensor(entry.context, multiplier) })),
  }),
});

export const conditioningNodes: readonly AnyNode[] = [
  combine,
  average,
  concat,
  setArea,
  setAreaPercentage,
  setAreaStrength,
  setMask,
  zeroOut,
  setTimestepRange,
  multiply,
];
