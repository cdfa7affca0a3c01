/** The flags of `snug serve`: the stock server's names, and a few of our own. */
import type { Arity } from './flags.ts';

export const SERVE_FLAGS: Readonly<Record<string, Arity>> = {
  listen: 'optional',
  port: 'one',
  'base-directory': 'one',
  'input-directory': 'one',
  'output-directory': 'one',
  'temp-directory': 'one',
  'user-directory': 'one',
  'models-directory': 'one',
  'extra-model-paths-config': 'repeated',
  'front-end-root': 'one',
  'enable-cors-header': 'optional',
  'max-upload-size': 'one',
  'cache-classic': 'none',
  'cache-lru': 'one',
  'cache-none': 'none',
  'cache-ram': 'up-to-two',
  'preview-method': 'one',
  'preview-size': 'one',
  'multi-user': 'none',
  'tls-keyfile': 'one',
  'tls-certfile': 'one',
  'disable-metadata': 'none',
  'default-hashing-function': 'one',
  verbose: 'optional',
  'feature-flag': 'repeated',
  // ours
  pack: 'repeated',
  watch: 'none',
  'host-name': 'repeated',
};

/** Flags of the stock server that have no meaning here: they are named in a warning, and no more. */
export const MEANINGLESS_FLAGS: Readonly<Record<string, Arity>> = {
  ...{ cpu: 'none', 'disable-api-nodes': 'none', 'cuda-device': 'one', 'disable-auto-launch': 'none', 'auto-launch': 'none' },
  ...{ lowvram: 'none', novram: 'none', highvram: 'none', normalvram: 'none', 'gpu-only': 'none', fast: 'optional' },
  ...{ 'dont-print-server': 'none', 'log-stdout': 'none', 'enable-manager': 'none', 'front-end-version': 'one' },
  ...{ 'disable-all-custom-nodes': 'none', 'enable-compress-response-body': 'none', 'database-url': 'one', offline: 'none' },
  ...{ 'force-fp32': 'none', 'force-fp16': 'none', 'disable-xformers': 'none', deterministic: 'none', 'use-split-cross-attention': 'none' },
  ...{ 'use-pytorch-cross-attention': 'none', 'disable-smart-memory': 'none', 'directml': 'optional', 'reserve-vram': 'one' },
};
