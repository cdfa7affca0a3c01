/** From a command line to what the server is started with. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FolderOptions } from '@snug/executor';
import { loadExtraModelPaths } from '@snug/executor';
import type { NodeContext } from '@snug/node-kit';
import type { CacheChoice } from '@snug/server';
import { FlagError, parseFlags } from './flags.ts';
import { packUrls } from './packs.ts';
import { MEANINGLESS_FLAGS, SERVE_FLAGS } from './serve-flags.ts';

export interface ServeOptions {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly folders: FolderOptions;
  readonly packs: readonly string[];
  readonly watch: boolean;
  readonly cache: CacheChoice;
  readonly embedMetadata: boolean;
  readonly previews: NodeContext['previews'];
  readonly maxBodyBytes: number;
  readonly features: Readonly<Record<string, unknown>>;
  readonly frontEnd: string | undefined;
  readonly multiUser: boolean;
  readonly allowedOrigin: string | undefined;
  readonly hostNames: readonly string[];
  readonly tls: { readonly key: Buffer; readonly cert: Buffer } | undefined;
  readonly uploadHash: string;
  /** Where models run. Undefined leaves it to `SNUG_DEVICE`. */
  readonly device: string | undefined;
  /** Whether a workflow of the server's own runs before it listens. */
  readonly warmUp: boolean;
  readonly verbose: boolean;
}

const PREVIEW_METHODS: Record<string, NodeContext['previews']['method']> = {
  none: 'none',
  auto: 'latent2rgb',
  latent2rgb: 'latent2rgb',
  taesd: 'taesd',
};
/** What the runtime of models may know; which of them work is for it to say. */
const DEVICES = ['cpu', 'cuda', 'webgpu', 'directml', 'coreml'];
const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
/** With these there is more to tell than faults. */
const TALKATIVE = new Set(['DEBUG', 'INFO']);
const HASHES = ['md5', 'sha1', 'sha256', 'sha512'];
const GIB = 1024 ** 3;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;
const DEFAULT_DATA = 'snug-data';

export function serveOptions(args: readonly string[]): { options: ServeOptions; warnings: string[] } {
  const { flags, rest, unknown } = parseFlags(args, { ...MEANINGLESS_FLAGS, ...SERVE_FLAGS });
  const warnings: string[] = [];
  const has = (name: string): boolean => flags.has(name);
  const one = (name: string): string | undefined => flags.get(name)?.[0];
  const path = (name: string): string | undefined => (has(name) ? resolve(one(name)!) : undefined);
  const list = (name: string): readonly string[] => flags.get(name) ?? [];

  const ignored = [...flags.keys()].filter((name) => !Object.hasOwn(SERVE_FLAGS, name));
  if (ignored.length) warnings.push(`Without meaning here, ignored: ${ignored.map((name) => `--${name}`).join(', ')}`);
  if (unknown.length) warnings.push(`Unknown, ignored: ${unknown.join(', ')}`);
  if (rest.length) warnings.push(`Not understood, ignored: ${rest.join(' ')}`);

  const hosts = has('listen') ? (one('listen') ?? '0.0.0.0,::').split(',').filter(Boolean) : ['127.0.0.1'];
  const remote = hosts.filter((host) => !LOOPBACK.test(host));
  if (remote.length) {
    warnings.push(
      `Listening on ${remote.join(', ')}: everybody who can reach this machine can run workflows and read their results. ` +
        'There is no authentication: put a proxy that has one in front, or leave --listen out.',
    );
  }
  const base = path('base-directory') ?? resolve(DEFAULT_DATA);
  return {
    warnings,
    options: {
      hosts,
      port: number(one('port'), 'port', { otherwise: 8188, min: 0, max: 65_535 }),
      folders: {
        baseDirectory: base,
        inputDirectory: path('input-directory'),
        outputDirectory: path('output-directory'),
        tempDirectory: path('temp-directory') && resolve(path('temp-directory')!, 'temp'),
        userDirectory: path('user-directory'),
        modelsDirectory: path('models-directory'),
        extraModelPaths: list('extra-model-paths-config').flatMap((file) => loadExtraModelPaths(resolve(file))),
      },
      packs: packUrls(list('pack')),
      watch: has('watch'),
      cache: cacheChoice(flags),
      embedMetadata: !has('disable-metadata'),
      previews: {
        method: previewMethod(one('preview-method')),
        size: number(one('preview-size'), 'preview-size', { otherwise: 512, min: 16, max: 4096 }),
      },
      maxBodyBytes: Math.round(
        number(one('max-upload-size'), 'max-upload-size', { otherwise: 100, min: 0.001, max: 1_000_000 }) * 1024 * 1024,
      ),
      features: Object.fromEntries(list('feature-flag').map(featureFlag)),
      frontEnd: path('front-end-root'),
      multiUser: has('multi-user'),
      allowedOrigin: has('enable-cors-header') ? (one('enable-cors-header') ?? '*') : undefined,
      hostNames: list('host-name'),
      tls: tlsFiles(path('tls-keyfile'), path('tls-certfile')),
      uploadHash: oneOf(one('default-hashing-function') ?? 'sha256', HASHES, 'default-hashing-function'),
      device: one('device') === undefined ? undefined : oneOf(one('device')!, DEVICES, 'device'),
      warmUp: !has('skip-warm-up'),
      verbose: has('verbose') && TALKATIVE.has(oneOf(one('verbose') ?? 'DEBUG', LEVELS, 'verbose')),
    },
  };
}

function number(
  text: string | undefined,
  flag: string,
  { otherwise, min, max }: { otherwise: number; min: number; max: number },
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max)
    throw new FlagError(`--${flag} needs a number from ${min} to ${max}, not ${text}.`);
  return value;
}

function oneOf(text: string, allowed: readonly string[], flag: string): string {
  if (!allowed.includes(text)) throw new FlagError(`--${flag} needs one of ${allowed.join(', ')}, not ${text}.`);
  return text;
}

function previewMethod(text = 'auto'): NodeContext['previews']['method'] {
  return PREVIEW_METHODS[oneOf(text, Object.keys(PREVIEW_METHODS), 'preview-method')]!;
}

function cacheChoice(flags: ReadonlyMap<string, readonly string[]>): CacheChoice {
  const size = flags.has('cache-lru')
    ? number(flags.get('cache-lru')![0], 'cache-lru', { otherwise: 0, min: 0, max: 1_000_000 })
    : 0;
  if (size > 0) return { kind: 'lru', size };
  if (flags.has('cache-classic')) return { kind: 'classic' };
  if (flags.has('cache-none')) return { kind: 'none' };
  const gigabytes = flags.get('cache-ram')?.[0];
  if (gigabytes === undefined) return { kind: 'memory-pressure' };
  return {
    kind: 'memory-pressure',
    keepFreeBytes: number(gigabytes, 'cache-ram', { otherwise: 0, min: 0, max: 10_000 }) * GIB,
  };
}

/** `key=value`; a key alone is true. */
function featureFlag(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 0) return [text, true];
  const value = text.slice(at + 1);
  return [text.slice(0, at), value === 'true' ? true : value === 'false' ? false : value];
}

function tlsFiles(key: string | undefined, cert: string | undefined): ServeOptions['tls'] {
  if (key === undefined && cert === undefined) return undefined;
  if (key === undefined || cert === undefined) throw new FlagError('--tls-keyfile and --tls-certfile go together.');
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
