/** Resolvers that everybody needs. */
import { listAt, textAt } from '../wire.ts';
import type { Loose } from './loose.ts';
import type { WorkflowOutputResolver } from './result.ts';

export const RESOLVERS = {
  /** Addresses of the pictures that were saved. */
  image: ((acc, output, { client }) => {
    const images = listAt(output, 'images').flatMap((image) => {
      const filename = textAt(image, 'filename');
      if (filename === undefined || textAt(image, 'type') !== 'output') return [];
      return [{ type: 'url' as const, data: client.viewURL(filename, textAt(image, 'subfolder') ?? '', 'output') }];
    });
    return { ...acc, images: [...acc.images, ...images] };
  }) as WorkflowOutputResolver<Loose>,
};
