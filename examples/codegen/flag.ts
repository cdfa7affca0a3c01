/**
 * A workflow written in TypeScript, with the types of the nodes that a server has: a misspelt input, a choice that is not
 * offered or a mask where a picture belongs does not compile. `comfy.gen.ts` was written by
 *
 *   npx snug codegen -o examples/codegen/comfy.gen.ts --only EmptyImage,BatchImagesNode,ImageScale,SaveImage
 *
 * Start a server (`npm start`), then, with Node 22.18 or later: `node examples/codegen/flag.ts http://127.0.0.1:8188`.
 */
import { pathToFileURL } from 'node:url';
import { createClient, createWorkflow } from '@snug/client';
import { nodes } from './comfy.gen.ts';

/** Paints one picture for each colour, and resolves with them as PNG. */
export async function paint(url: string, colours: readonly number[]): Promise<Uint8Array[]> {
  const wf = createWorkflow(nodes);
  const stripes = colours.map((color) => wf.EmptyImage({ width: 30, height: 20, batch_size: 1, color }).IMAGE);
  const { IMAGE } = wf.BatchImagesNode({ images: stripes });
  const scaled = wf.ImageScale({
    image: IMAGE,
    upscale_method: 'nearest-exact',
    width: 90,
    height: 60,
    crop: 'center',
  });
  wf.SaveImage({ images: scaled.IMAGE, filename_prefix: 'flag' }, { title: 'The flag' });

  const comfy = createClient(url);
  try {
    const { outputs } = await comfy.generate(wf);
    return await Promise.all(outputs.images.map((image) => image.bytes()));
  } finally {
    comfy.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const pictures = await paint(process.argv[2] ?? 'http://127.0.0.1:8188', [0x0055a4, 0xffffff, 0xef4135]);
  console.log(`Painted ${pictures.length} pictures of ${pictures.map((bytes) => bytes.length).join(', ')} bytes.`);
}
