/**
 * What the parts of the pack agree on. `engine/` makes models from checkpoints, `text/` makes conditionings from prompts,
 * `sampling/` turns noise into latents; `nodes/` wires them. Nothing here knows how a model is run.
 */
import type { Image, Tensor } from '@snug/node-kit';

export type Family = 'sd1' | 'sd2' | 'sdxl' | 'sdxl-refiner';
/** What the network tells: the noise, or the velocity. */
export type Prediction = 'eps' | 'v';

/** A network that predicts. One call may hold several samples; it cannot be interrupted, so callers look at the signal between calls. */
export interface Unet {
  readonly family: Family;
  readonly prediction: Prediction;
  /** Channels of the latent that comes out; 4. */
  readonly channels: number;
  /** Channels that go in: 4, or 9 for models made for inpainting. */
  readonly inputChannels: number;
  /** Loads what the first prediction would load; it may make way for others until then. */
  load(): Promise<void>;
  predict(call: {
    /** `[batch, inputChannels, height, width]`, scaled for the network. */
    readonly latent: Tensor;
    /** One for each sample, 0 to 999, may be fractional. */
    readonly timesteps: Float32Array;
    /** `[batch, tokens, width]`. */
    readonly context: Tensor;
    /** `[batch, width]`, the vector of SDXL: pooled text and sizes. */
    readonly vector?: Tensor | undefined;
  }): Promise<Tensor>;
}

/** One text encoder. */
export interface TextEncoder {
  readonly kind: 'clip-l' | 'open-clip-h' | 'open-clip-g';
  readonly width: number;
  readonly layers: number;
  /**
   * Each row has 77 tokens; a token is an id, or a vector that takes its place (textual inversion).
   * `skip` 0 takes the last layer, 1 the one before, ... `[rows, 77, width]` before (`isNormed` false) or after the final norm; `pooled` is
   * `[rows, width]` at the end token, projected where the encoder has a projection.
   */
  encode(
    rows: readonly (readonly (number | Float32Array)[])[],
    options: { readonly skip: number; readonly isNormed: boolean },
  ): Promise<{ readonly hidden: Tensor; readonly pooled: Tensor }>;
}

/** One LoRA file that lies over a model. */
export interface Patch {
  readonly path: string;
  readonly strength: number;
}

/** Value of a `MODEL` link. Immutable: nodes that change something make a new one. */
export interface Model {
  readonly kind: 'model';
  readonly family: Family;
  readonly prediction: Prediction;
  /** Cumulative products of alpha, 1000 of them. */
  readonly alphasCumprod: Float64Array;
  /** What the network sees is a latent from a `LATENT` link times this: 0.18215, with SDXL 0.13025. */
  readonly latentScale: number;
  readonly patches: readonly Patch[];
  /** Loads what is not loaded, or finds it; what was not used for longest may be dropped for it. */
  unet(): Promise<Unet>;
  /** The same model under these files, in the order they were added, and no others. */
  withPatches(patches: readonly Patch[]): Model;
}

/** Value of a `CLIP` link. */
export interface Clip {
  readonly kind: 'clip';
  readonly family: Family;
  /** From `CLIPSetLastLayer`: -1 is the last layer; undefined is the family's habit. */
  readonly lastLayer: number | undefined;
  readonly patches: readonly Patch[];
  /** SD 1 and 2 have one, SDXL has `clip-l` and `open-clip-g`, its refiner only `open-clip-g`. */
  encoders(): Promise<readonly TextEncoder[]>;
  withLastLayer(lastLayer: number): Clip;
  withPatches(patches: readonly Patch[]): Clip;
}

/** How a picture that is computed in pieces is cut. Sides in pixels of the picture. */
export interface Tiling {
  readonly size: number;
  readonly overlap: number;
}

/** Work that comes in several calls; one call cannot be interrupted. */
export interface TiledWork {
  /** Undefined computes it whole where memory allows, else in tiles. */
  readonly tiling?: Tiling | undefined;
  /** After each call; throw in it to stop. */
  readonly onStep?: ((done: number, of: number) => void) | undefined;
}

/** Value of a `VAE` link. */
export interface Vae {
  readonly kind: 'vae';
  /** From latents as they lie on `LATENT` links (not scaled): `[batch, 4, h, w]` to pixels 8 times as large. */
  decode(latent: Tensor, work?: TiledWork): Promise<Image>;
  /** The mean of the distribution, not scaled. Sides are cut to multiples of 8, around the middle; channels past 3 are left out. */
  encode(image: Image, work?: TiledWork): Promise<Tensor>;
}

/** The small decoder of TAESD, for previews. */
export interface PreviewDecoder {
  /** From latents as the sampler sees them (scaled). */
  decode(latent: Tensor): Promise<Image>;
}

/** Value of an `UPSCALE_MODEL` link. */
export interface Upscaler {
  readonly kind: 'upscaler';
  readonly factor: number;
  upscale(image: Image, work?: TiledWork): Promise<Image>;
}

/** Where in the picture a conditioning holds, in latent cells or as shares of the picture. */
export type Area =
  | { readonly unit: 'cells'; readonly height: number; readonly width: number; readonly y: number; readonly x: number }
  | { readonly unit: 'share'; readonly height: number; readonly width: number; readonly y: number; readonly x: number };

/** One entry of a `CONDITIONING` link, whose value is a list of them. */
export interface Conditioning {
  /** `[1, tokens, width]`. */
  readonly context: Tensor;
  readonly pooled?: Tensor | undefined;
  readonly strength?: number | undefined;
  readonly area?: Area | undefined;
  /** `[1, height, width]`, and whether only its bounding box is computed. */
  readonly mask?: { readonly tensor: Tensor; readonly strength: number; readonly boundsOnly: boolean } | undefined;
  /** Shares of the sampling during which it holds. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** For SDXL: sizes in pixels, and the refiner's score. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /** For models made for inpainting: latent and mask that are joined to the input. */
  readonly concat?: { readonly latent: Tensor; readonly mask: Tensor } | undefined;
}
