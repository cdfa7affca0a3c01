/** A real browser for tests, without anything to install first. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const cache = fileURLToPath(new URL('../../node_modules/.cache/snug/', import.meta.url));
/** The version is pinned with the package. */
const home = join(cache, 'chromium-147.0.0');

/** Unpacks beside its place and moves it there whole, so that what was interrupted is never taken for a browser. */
async function unpack(): Promise<void> {
  const draft = `${home}.${process.pid}`;
  const saved = { ...process.env };
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  // it looks for its files in TMPDIR, and brings the libraries that a bare system lacks only where it believes to be on AWS
  process.env['TMPDIR'] = draft;
  process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs20.x';
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
    if (existsSync(home)) rmSync(draft, { recursive: true, force: true });
    else renameSync(draft, home);
  } finally {
    for (const name of ['TMPDIR', 'AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
}

const QUIET = ['--disable-background-networking', '--disable-gpu', '--no-first-run'];

/** A browser, or the reason why there is none. */
export async function launchBrowser(): Promise<Browser | string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    try {
      return await chromium.launch({ channel: 'chrome', args: QUIET });
    } catch {
      return `no packed browser for ${process.platform} ${process.arch}, and no Chrome is installed`;
    }
  }
  if (!existsSync(home)) await unpack();
  // its own list of fonts names folders that are not here, and a page without fonts has no text
  const fonts = join(home, 'fonts.conf');
  writeFileSync(
    fonts,
    `<fontconfig><dir>${join(home, 'fonts')}</dir><cachedir>${join(home, 'fonts-cache')}</cachedir></fontconfig>`,
  );
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    args: ['--no-sandbox', '--no-zygote', '--font-render-hinting=none', ...QUIET],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: fonts,
    },
  });
}
