import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FlagError } from '../src/flags.ts';
import { serveOptions } from '../src/serve-options.ts';

const optionsOf = (...args: string[]) => serveOptions(args).options;

describe('the flags of the server', () => {
  test('without any, it listens on this machine alone and keeps to itself what it does', () => {
    const { options, warnings } = serveOptions([]);
    expect(options).toMatchObject({
      hosts: ['127.0.0.1'],
      port: 8188,
      folders: { baseDirectory: resolve('snug-data') },
      embedMetadata: true,
      previews: { method: 'latent2rgb', size: 512 },
      maxBodyBytes: 100 * 1024 * 1024,
      allowedOrigin: undefined,
      warmUp: true,
      verbose: false,
    });
    expect(warnings).toEqual([]);
  });

  test.each([
    [['--verbose'], true],
    [['--verbose', 'DEBUG'], true],
    [['--verbose', 'INFO'], true],
    [['--verbose=WARNING'], false],
    [['--verbose', 'ERROR'], false],
    [['--verbose', 'CRITICAL'], false],
    [['--verbose', '--watch'], true],
  ])('%j: tells what becomes of prompts: %s', (args, verbose) => {
    expect(optionsOf(...args).verbose).toBe(verbose);
  });

  test.each([
    [['--verbose', 'LOUD'], /--verbose needs one of DEBUG, INFO, WARNING, ERROR, CRITICAL, not LOUD/],
    [['--port', '70000'], /--port needs a number from 0 to 65535, not 70000/],
    [['--preview-method', 'film'], /--preview-method needs one of none, auto, latent2rgb, taesd, not film/],
    [['--default-hashing-function', 'crc'], /--default-hashing-function needs one of/],
  ])('%j is refused with a sentence', (args, sentence) => {
    expect(() => serveOptions(args)).toThrow(FlagError);
    expect(() => serveOptions(args)).toThrow(sentence);
  });

  test('what means nothing here, or is not known, is named and ignored', () => {
    const { options, warnings } = serveOptions(['--lowvram', '--port', '0', '--made-up']);
    expect(options.port).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('--lowvram'), expect.stringContaining('--made-up')]);
  });

  test('listening beyond this machine warns that there is no authentication', () => {
    const { options, warnings } = serveOptions(['--listen', '127.0.0.1,10.0.0.7']);
    expect(options.hosts).toEqual(['127.0.0.1', '10.0.0.7']);
    expect(warnings.join()).toMatch(/10\.0\.0\.7.*no authentication/);
  });
});
