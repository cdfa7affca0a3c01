import { expectTypeOf, test } from 'vitest';
import { createWorkflow } from '../../src/index.ts';
import type { Client, Link, NodeTable, UploadedFile, WorkflowBuilder } from '../../src/index.ts';
import { nodes } from './comfy.gen.ts';
import type { Nodes } from './comfy.gen.ts';

const wf = createWorkflow(nodes);
const { MODEL, CLIP, VAE } = wf.CheckpointLoaderSimple({ ckpt_name: 'sdxl.safetensors' });
const { IMAGE, MASK } = wf.LoadImage({ image: 'cat.png' });
const { CONDITIONING } = wf.CLIPTextEncode({ text: 'a red fox', clip: CLIP });
const { LATENT } = wf.EmptyLatentImage({ width: 512, height: 512, batch_size: 1 });

const sampling = {
  model: MODEL,
  steps: 20,
  cfg: 7,
  scheduler: 'normal',
  positive: CONDITIONING,
  negative: CONDITIONING,
  latent_image: LATENT,
  denoise: 1,
} as const;

test('outputs have types, by name and by position', () => {
  const loaded = wf.CheckpointLoaderSimple({ ckpt_name: 'sd15.safetensors' });
  expectTypeOf(loaded.VAE).toEqualTypeOf<Link<'VAE'>>();
  expectTypeOf(loaded[0]).toEqualTypeOf<Link<'MODEL'>>();
  expectTypeOf(loaded.nodeId).toEqualTypeOf<string>();
  // @ts-expect-error it has three outputs
  void loaded[3];
  // @ts-expect-error it has no such output
  void loaded.LATENT;
  // @ts-expect-error nothing comes out of it
  void wf.PreviewImage({ images: IMAGE })[0];
});

test('an output goes into inputs of its type only', () => {
  wf.PreviewImage({ images: wf.VAEDecode({ samples: LATENT, vae: VAE }).IMAGE });
  // @ts-expect-error a VAE is no picture
  wf.PreviewImage({ images: VAE });
  // @ts-expect-error a mask is no picture
  wf.PreviewImage({ images: MASK });
  // @ts-expect-error a node is none of its outputs
  wf.PreviewImage({ images: wf.LoadImage({ image: 'cat.png' }) });
  // @ts-expect-error a picture comes from a node
  wf.PreviewImage({ images: 'cat.png' });
  // @ts-expect-error nor is a pair a link
  wf.PreviewImage({ images: ['1', 0] });
});

test('inputs are all there, and no others', () => {
  wf.ImageBlend({ image1: IMAGE, image2: IMAGE });
  wf.ImageBlend({ image1: IMAGE, image2: IMAGE, mask: undefined, factor: 0.5 });
  wf['Power Loader (any)']();
  wf['Power Loader (any)']({ "it's": 'fine' }, { title: 'Loader' });
  // @ts-expect-error the second picture is missing
  wf.ImageBlend({ image1: IMAGE });
  // @ts-expect-error all of them are
  wf.ImageBlend();
  // @ts-expect-error there is no such input
  wf.ImageBlend({ image1: IMAGE, image2: IMAGE, opacity: 1 });
  // @ts-expect-error what the server fills in is no input
  wf.SaveImage({ images: IMAGE, filename_prefix: 'a', prompt: 'b' });
  // @ts-expect-error there is no such class
  wf.LoadPicture({ image: 'cat.png' });
});

test('a choice is one of those that the server offers, or a link to one', () => {
  wf.KSampler({ ...sampling, seed: 1, sampler_name: 'euler' });
  wf.KSampler({ ...sampling, seed: 1, sampler_name: wf['Power Loader (any)']().choice });
  // @ts-expect-error there is no such sampler
  wf.KSampler({ ...sampling, seed: 1, sampler_name: 'fast' });
  wf.PickColors({ names: ['red', 'blue'], tint: '#112233' });
  // @ts-expect-error it takes several
  wf.PickColors({ names: 'red', tint: '#112233' });
  // @ts-expect-error pink is not offered
  wf.PickColors({ names: ['pink'], tint: '#112233' });
});

test('files may be any, since they come and go', () => {
  wf.LoadImage({ image: 'uploaded a moment ago.png' });
  wf.LoadImage({ image: {} as UploadedFile });
  wf.LoraLoader({ model: MODEL, clip: CLIP, lora_name: 'new.safetensors', strength_model: 1, strength_clip: 1 });
  wf['Power Loader (any)']({ remote: 'anything' });
});

test('a seed of 64 bits is a number, a bigint or a decimal text', () => {
  const { sampler_name } = { sampler_name: 'euler' } as const;
  wf.KSampler({ ...sampling, sampler_name, seed: 5 });
  wf.KSampler({ ...sampling, sampler_name, seed: 18446744073709551615n });
  wf.KSampler({ ...sampling, sampler_name, seed: '18446744073709551615' });
  // @ts-expect-error no decimal text
  wf.KSampler({ ...sampling, sampler_name, seed: 'random' });
  // @ts-expect-error steps are few
  wf.KSampler({ ...sampling, sampler_name, seed: 5, steps: 20n });
});

test('values can be linked too, by their type', () => {
  const { width } = wf.GetImageSize({ source: MASK });
  wf.EmptyLatentImage({ width, height: 512, batch_size: 1 });
  // @ts-expect-error a whole number is no float on the wire
  wf.ResizeImageMaskNode({ input: IMAGE, scale: width });
  // @ts-expect-error a curve is never linked
  wf.CurveEditor({ curve: wf.CurveEditor({ curve: [] }).CURVE });
});

test('unions of sockets take any of theirs, and anything takes all', () => {
  wf.GetImageSize({ source: IMAGE });
  // @ts-expect-error neither a picture nor a mask
  wf.GetImageSize({ source: LATENT });
  const { resized } = wf.ResizeImageMaskNode({ input: MASK, scale: 2 });
  expectTypeOf(resized).toEqualTypeOf<Link<'IMAGE' | 'MASK'>>();
  wf.PreviewImage({ images: resized });
  wf.InvertMask({ mask: resized });
  // @ts-expect-error it can only be a picture or a mask
  wf.VAEDecode({ samples: resized, vae: VAE });
  wf.PreviewAny({ source: VAE });
  wf.PreviewAny({ source: { any: ['data', 1, null] } });
  wf.VAEDecode({ samples: wf.ComfySwitchNode({ switch: true, on_true: LATENT }).output, vae: VAE });
});

test('a list goes where one element goes', () => {
  wf.PreviewImage({ images: wf.SplitTiles({ image: IMAGE, order: 'rows' }).IMAGE });
});

test('inputs that take several have a list, or names', () => {
  wf.BatchImagesNode({ images: [IMAGE, IMAGE] });
  wf.BatchImagesNode({ images: { image0: IMAGE, image7: IMAGE } });
  wf.StringFormat({ values: { a: 1, c: VAE }, f_string: '{a} {c}' });
  // @ts-expect-error a mask is no picture
  wf.BatchImagesNode({ images: [IMAGE, MASK] });
  // @ts-expect-error they are called image0 and so on
  wf.BatchImagesNode({ images: { first: IMAGE } });
  // @ts-expect-error there is no d
  wf.StringFormat({ values: { d: 1 }, f_string: '' });
});

test('a choice brings its own inputs along', () => {
  wf.SaveImageAdvanced({ images: IMAGE, format: 'gif' });
  wf.SaveImageAdvanced({ images: IMAGE, format: { format: 'png', bit_depth: '16-bit' } });
  wf.SaveImageAdvanced({ images: IMAGE, format: { format: 'stack', layers: [MASK], loop: false } });
  // @ts-expect-error png needs a depth
  wf.SaveImageAdvanced({ images: IMAGE, format: 'png' });
  // @ts-expect-error the depth is of png
  wf.SaveImageAdvanced({ images: IMAGE, format: { format: 'stack', layers: [MASK], bit_depth: '8-bit' } });
  // @ts-expect-error layers are masks
  wf.SaveImageAdvanced({ images: IMAGE, format: { format: 'stack', layers: [IMAGE] } });
});

test('classes can be named by texts', () => {
  const added = wf.add('LoadImage', { image: 'dog.png' });
  expectTypeOf(added.MASK).toEqualTypeOf<Link<'MASK'>>();
  wf.add('Power Loader (any)');
  // @ts-expect-error the inputs are missing
  wf.add('LoadImage');
  // @ts-expect-error a VAE is no picture
  wf.add('PreviewImage', { images: VAE });
  // @ts-expect-error there is no such class
  wf.add('LoadPicture', {});
});

test('without types, any class takes any inputs', () => {
  const free = createWorkflow();
  const image = free.add('LoadImage', { image: 'a.png' })[0]!;
  expectTypeOf(image).toEqualTypeOf<Link<string>>();
  free.add('PreviewImage', { images: image, batch: [image, image], mode: { mode: 'a', strength: 1 } }, { id: 'p' });
  free.LoadImage!({ image: 'a.png' });
  expectTypeOf(createWorkflow({} as Record<string, unknown>)).toEqualTypeOf<WorkflowBuilder>();
  // @ts-expect-error a function is no data
  free.add('LoadImage', { image: () => 'a.png' });
});

test('types without their table know outputs by position', () => {
  const bare = createWorkflow<Nodes>();
  const loaded = bare.LoadImage({ image: 'cat.png' });
  bare.PreviewImage({ images: loaded[0] });
  // @ts-expect-error nobody can tell at run time which output that is
  void loaded.IMAGE;
  expectTypeOf(createWorkflow<Nodes>({} as Record<string, unknown>)).toEqualTypeOf<WorkflowBuilder<Nodes>>();
  expectTypeOf(createWorkflow({} as NodeTable<Nodes>)).toEqualTypeOf<WorkflowBuilder<Nodes>>();
});

test('a client runs it as it is', () => {
  expectTypeOf(wf).toExtend<Parameters<Client['run']>[0]>();
  expectTypeOf(createWorkflow()).toExtend<Parameters<Client['run']>[0]>();
});
