import { Client } from './client.ts';
import type { ClientOptions } from './options.ts';

/**
 * A client of one server, given by its address or with options. Nothing is sent before something is asked of it.
 * @throws {ClientError} `invalid_option`
 */
export function createClient(options: string | URL | ClientOptions): Client {
  return new Client(typeof options === 'string' || options instanceof URL ? { url: options } : options);
}
