// Written by `snug codegen`. Do not edit: run it again when the nodes of the server change.
/* eslint-disable */
import type { Link, NodeTable, Several } from '@snug/client';

/** The nodes by class, with what goes in and what comes out. */
export interface Nodes {
  /**
   * Batch Images (image/batch)
   *
   * Puts all images into one batch, scaled to the size of the first.
   */
  BatchImagesNode: {
    inputs: {
      /** 1 to 50 values. */
      images: Several<Link<'IMAGE'>, `image${number}`>;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
  /**
   * Empty Image (image)
   *
   * Images of one colour.
   */
  EmptyImage: {
    inputs: {
      /** Default 512. 1 to 16384. */
      width: number | Link<'INT'>;
      /** Default 512. 1 to 16384. */
      height: number | Link<'INT'>;
      /** Default 1. 1 to 4096. */
      batch_size: number | Link<'INT'>;
      /** Default 0. 0 to 16777215. */
      color: number | Link<'INT'>;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
  /**
   * Upscale Image (image/upscaling)
   *
   * Resizes images to a width and a height; a side of 0 follows from the other one.
   */
  ImageScale: {
    inputs: {
      image: Link<'IMAGE'>;
      upscale_method: 'nearest-exact' | 'bilinear' | 'area' | 'bicubic' | 'lanczos' | Link<'COMBO'>;
      /** Default 512. 0 to 16384. */
      width: number | Link<'INT'>;
      /** Default 512. 0 to 16384. */
      height: number | Link<'INT'>;
      crop: 'disabled' | 'center' | Link<'COMBO'>;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
  /**
   * Save Image (image)
   *
   * Saves images as PNG files in the output folder.
   */
  SaveImage: {
    inputs: {
      images: Link<'IMAGE'>;
      /**
       * How the file names begin; may hold folders, %width%, %height%, %year% and so on.
       * Default "ComfyUI".
       */
      filename_prefix: string | Link<'STRING'>;
    };
    outputs: {
      images: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
}

/** Give it to `createWorkflow`: it knows the outputs by name. */
export const nodes: NodeTable<Nodes> = {
  BatchImagesNode: { outputs: ['IMAGE'], members: { images: { prefix: 'image' } } },
  EmptyImage: { outputs: ['IMAGE'] },
  ImageScale: { outputs: ['IMAGE'] },
  SaveImage: { outputs: ['images'] },
};
