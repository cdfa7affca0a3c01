/**
 * Several servers as one: every picture is painted wherever it can begin first, and a server can leave while others work.
 * Start two servers, `npm start -- --port 8188` and `npm start -- --port 8189`; then, with Node 22.18 or later:
 *
 *   node examples/pool/pool.ts http://127.0.0.1:8188 http://127.0.0.1:8189
 */
import { pathToFileURL } from 'node:url';
import { createPool } from '@snug/client/pool';
import type { MemberOptions, Pool } from '@snug/client/pool';

export interface Painted {
  readonly colour: string;
  /** The server that painted it. */
  readonly member: string | undefined;
  readonly bytes: Uint8Array;
}

/** The first server counts twice; where a job began, it stays. */
export function poolOf(urls: readonly string[]): MemberOptions[] {
  return urls.map((url, at) => ({ url, name: `server ${at + 1}`, weight: at === 0 ? 2 : 1, tags: ['pictures'] }));
}

/** Paints a picture for each colour, all at once. */
export async function paintAll(pool: Pool, colours: readonly string[]): Promise<Painted[]> {
  const jobs = colours.map((colour) =>
    pool.run(
      {
        1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
        2: { class_type: 'ImageBlur', inputs: { image: ['1', 0], blur_radius: 3, sigma: 1 } },
        3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: `pool/${colour}` } },
      },
      { inputs: { '1.color': Number.parseInt(colour, 16) }, require: ['pictures'] },
    ),
  );
  return Promise.all(
    jobs.map(async (job, at) => {
      const { outputs } = await job.result();
      const [picture] = outputs.images;
      if (!picture) throw new Error(`There is no picture of ${colours[at]}.`);
      return { colour: colours[at]!, member: job.member, bytes: await picture.bytes() };
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const urls = process.argv.slice(2);
  const pool = createPool(poolOf(urls.length ? urls : ['http://127.0.0.1:8188', 'http://127.0.0.1:8189']));
  pool.on('member', ({ name, state, active }) => console.log(`${name} is ${state} and has ${active} jobs`));
  for (const { colour, member } of await paintAll(pool, ['0055a4', 'ffffff', 'ef4135', '009246', 'ffce00', '000000']))
    console.log(`#${colour} was painted by ${member}`);
  pool.close();
}
