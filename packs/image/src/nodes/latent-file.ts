import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createTensor, defineNode, input, LATENT, output, withUi } from '@snug/node-kit';
import type { AnyNode, DescribeContext, Tensor } from '@snug/node-kit';
import { fileMetadata } from '../files/metadata.ts';
import { BadSafetensors, openSafetensors, writeSafetensors } from '../planes/safetensors.ts';
import { writeNext } from './save-series.ts';

const SAMPLES = 'latent_tensor';
/** Its presence says that the values are as samplers have them; older files hold them scaled. */
const MARKER = 'latent_format_version_0';
const OLD_SCALE = Math.fround(1 / 0.18215);

const saveLatent = defineNode({
  type: 'SaveLatent',
  displayName: 'Save Latent',
  category: 'model/latent',
  description: 'Saves latents to a file that Load Latent reads.',
  outputNode: true,
  inputs: {
    samples: input.of(LATENT),
    filename_prefix: input.string({ default: 'latents/ComfyUI' }),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { samples: output.of(LATENT) },
  async run({ samples: latent, filename_prefix, ...info }, context) {
    const tensors = new Map<string, Tensor>([
      [SAMPLES, latent.samples],
      [MARKER, createTensor([0])],
    ]);
    let bytes: Uint8Array;
    try {
      bytes = writeSafetensors(tensors, new Map(fileMetadata(info, context)));
    } catch (error) {
      if (!(error instanceof BadSafetensors)) throw error;
      context.log('SaveLatent: the workflow is too large to be embedded; the file is saved without it.');
      bytes = writeSafetensors(tensors);
    }
    const series = await context.files.series(filename_prefix);
    const file = await writeNext(series, { extension: 'latent' }, bytes, context);
    return withUi({ latents: [file] }, { samples: latent });
  },
});

async function isFile(name: string, { files }: DescribeContext): Promise<boolean> {
  try {
    return (await stat(files.resolve(name))).isFile();
  } catch {
    return false;
  }
}

const loadLatent = defineNode({
  type: 'LoadLatent',
  displayName: 'Load Latent',
  category: 'model/latent',
  description: 'Loads latents from a file of the input folder.',
  inputs: { latent: input.choice(({ files }) => files.list('input', ['.latent'])) },
  outputs: { LATENT: output.of(LATENT) },
  validate: {
    inputs: ['latent'],
    check: async ({ latent }, context) =>
      latent === undefined || (await isFile(latent, context)) || `Invalid latent file: ${latent}`,
  },
  async fingerprint({ latent }, { files }) {
    if (latent === undefined) return NaN;
    return createHash('sha256')
      .update(await files.read(files.resolve(latent)))
      .digest('hex');
  },
  async run({ latent: name }, { files }) {
    const file = openSafetensors(await files.read(files.resolve(name)));
    const { data, shape } = file.read(SAMPLES);
    if (shape.length < 4 || shape.length > 5 || data.length === 0) {
      throw new BadSafetensors(`${name} holds a tensor of shape ${shape.join('×')}, not a latent`);
    }
    const values = file.has(MARKER) ? data : data.map((value) => value * OLD_SCALE);
    return { LATENT: { samples: { data: values, shape } } };
  },
});

export const latentFileNodes: readonly AnyNode[] = [saveLatent, loadLatent];
