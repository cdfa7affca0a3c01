/** Nodes that turn prompts into conditionings. */
import { defineNode, input, output } from '@snug/node-kit';
import type { AnyNode, NodeContext } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import type { Clip, Conditioning } from '../seams.ts';
import { embeddingFinder } from '../text/embeddings.ts';
import { encodePrompt } from '../text/encode.ts';
import type { Prompts } from '../text/encode.ts';
import { CLIP, CONDITIONING } from './sockets.ts';

const prompt = input.string({ multiline: true, dynamicPrompts: true, tooltip: 'What the picture shows.' });
const side = input.int({ default: 1024, min: 0, max: 16384 });
const offset = input.int({ default: 0, min: 0, max: 16384 });
const CONDITIONING_ONLY = { CONDITIONING: output.of(CONDITIONING) };

/** @throws {BadInput} when there is no encoder */
function present(clip: Clip | null): Clip {
  if (clip) return clip;
  throw new BadInput('clip', 'the checkpoint has no text encoder: connect one from a Load CLIP node.');
}

async function encode(given: Clip | null, prompts: Prompts, context: NodeContext): Promise<Conditioning> {
  const clip = present(given);
  context.throwIfInterrupted();
  const widths = new Map((await clip.encoders()).map(({ kind, width }) => [kind, width]));
  return encodePrompt(clip, prompts, embeddingFinder(context.files, widths, context.log));
}

const clipTextEncode = defineNode({
  type: 'CLIPTextEncode',
  displayName: 'CLIP Text Encode (Prompt)',
  category: 'model/conditioning',
  description:
    'Encodes a prompt. (more), ((even more)) and (exactly:1.3) weigh words; embedding:name uses an embedding.',
  searchAliases: ['prompt', 'text prompt', 'positive prompt', 'negative prompt'],
  inputs: { text: prompt, clip: input.of(CLIP, { tooltip: 'The text encoder.' }) },
  outputs: CONDITIONING_ONLY,
  run: async ({ text, clip }, context) => ({ CONDITIONING: [await encode(clip, text, context)] }),
});

const clipSetLastLayer = defineNode({
  type: 'CLIPSetLastLayer',
  displayName: 'CLIP Set Last Layer',
  category: 'model/conditioning',
  description: 'Takes the text from an earlier layer of the encoder: -2 is the one before the last.',
  searchAliases: ['clip skip'],
  inputs: {
    clip: input.of(CLIP),
    stop_at_clip_layer: input.int({ default: -1, min: -24, max: -1, step: 1, advanced: true }),
  },
  outputs: { CLIP: output.of(CLIP) },
  run: ({ clip, stop_at_clip_layer }) => ({ CLIP: present(clip).withLastLayer(stop_at_clip_layer) }),
});

const clipTextEncodeSdxl = defineNode({
  type: 'CLIPTextEncodeSDXL',
  form: 'schema',
  displayName: 'CLIPTextEncodeSDXL',
  category: 'model/conditioning',
  description: 'Encodes a prompt for each of the two encoders of SDXL, with the sizes that the model is told.',
  inputs: {
    clip: input.of(CLIP),
    width: side,
    height: side,
    crop_w: offset,
    crop_h: offset,
    target_width: side,
    target_height: side,
    text_g: prompt,
    text_l: prompt,
  },
  outputs: CONDITIONING_ONLY,
  async run({ clip, text_g, text_l, ...sizes }, context) {
    const encoded = await encode(clip, { 'clip-l': text_l, 'open-clip-g': text_g }, context);
    return { CONDITIONING: [{ ...encoded, sizes }] };
  },
});

const clipTextEncodeSdxlRefiner = defineNode({
  type: 'CLIPTextEncodeSDXLRefiner',
  form: 'schema',
  displayName: 'CLIPTextEncodeSDXLRefiner',
  category: 'model/conditioning',
  description: 'Encodes a prompt for the refiner of SDXL, with the score that the picture should have.',
  inputs: {
    ascore: input.float({ default: 6, min: 0, max: 1000, step: 0.01 }),
    width: side,
    height: side,
    text: prompt,
    clip: input.of(CLIP),
  },
  outputs: CONDITIONING_ONLY,
  async run({ clip, text, ascore, width, height }, context) {
    const encoded = await encode(clip, text, context);
    return { CONDITIONING: [{ ...encoded, sizes: { aesthetic_score: ascore, width, height } }] };
  },
});

export const textNodes: readonly AnyNode[] = [
  clipTextEncode,
  clipSetLastLayer,
  clipTextEncodeSdxl,
  clipTextEncodeSdxlRefiner,
];
