/** Who the client is to the server. Two clients with one id take each other's events. */
import { mintUuid } from '@snug/protocol/ids';
import type { Chance } from './clock.ts';
import type { ClientOptions, IdStore } from './options.ts';

const KEY = 'snug.clientId';

export class ClientId {
  readonly #chance: Chance;
  readonly #store: IdStore | undefined;
  #value: string;

  constructor(option: ClientOptions['clientId'], chance: Chance) {
    this.#chance = chance;
    this.#store = typeof option === 'object' ? findStore(option.persist) : undefined;
    this.#value = (typeof option === 'string' ? option : take(this.#store)) || this.#mint();
  }

  get value(): string {
    return this.#value;
  }

  /** The server calls this client otherwise. */
  adopt(value: string): void {
    this.#value = value;
  }

  renew(): void {
    this.#value = this.#mint();
  }

  /** Leaves the id for the page that comes after a reload. */
  keep(): void {
    try {
      this.#store?.setItem(KEY, this.#value);
    } catch {
      // the store is full or forbidden: the next page takes a new id
    }
  }

  /** The page lives on: a tab that is duplicated now must not find the id. */
  unkeep(): void {
    take(this.#store);
  }

  #mint(): string {
    return mintUuid((bytes) => this.#chance.randomBytes(bytes));
  }
}

/** The id is out of the store while it is in use, so that a duplicated tab, which copies the store, takes another. */
function take(store: IdStore | undefined): string {
  try {
    const value = store?.getItem(KEY) ?? '';
    if (value) store?.removeItem(KEY);
    return value;
  } catch {
    return '';
  }
}

function findStore(persist: 'session' | IdStore): IdStore | undefined {
  if (persist !== 'session') return persist;
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
