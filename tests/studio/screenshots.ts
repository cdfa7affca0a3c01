/** Makes the pictures of the documentation. Started by tools/screenshots.mjs. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { startStudio } from './studio.ts';
import { showStates } from './states.ts';

/** @returns names of the pictures, or the reason why there is none */
export async function makeScreenshots(folder: string): Promise<readonly string[] | string> {
  const studio = await startStudio();
  if (typeof studio === 'string') return studio;
  mkdirSync(folder, { recursive: true });
  const made: string[] = [];
  try {
    for await (const { name, page } of showStates(studio)) {
      await page.evaluate(() => document.fonts.ready);
      // what is said in passing has passed
      await page.waitForFunction(() => !document.querySelector('.notices p'));
      // pictures that are still on their way, or not unpacked yet
      await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
      await page.evaluate(() => Promise.allSettled([...document.images].map((image) => image.decode())));
      const picture = sharp(await page.screenshot()).png({ palette: true, effort: 10 });
      await picture.toFile(join(folder, `${name}.png`));
      made.push(name);
    }
  } finally {
    await studio.close();
  }
  return made;
}
