/** Where a page finds its job again after it was loaded anew. */
import type { JobHandle } from '../job.ts';
import type { IdStore } from '../options.ts';
import { textAt } from '../wire.ts';

/** A name in the `sessionStorage` of the page, or in another store. */
export type Persist = string | { readonly key: string; readonly storage: IdStore };

const PREFIX = 'snug.job.';

export class RememberedJob {
  readonly #key: string;
  readonly #given: IdStore | undefined;

  constructor(persist: Persist) {
    this.#key = PREFIX + (typeof persist === 'string' ? persist : persist.key);
    this.#given = typeof persist === 'string' ? undefined : persist.storage;
  }

  read(): JobHandle | undefined {
    try {
      const handle: unknown = JSON.parse(this.#storage?.getItem(this.#key) ?? 'null');
      const [id, server, cursor] = ['id', 'server', 'cursor'].map((key) => textAt(handle, key));
      return id === undefined || server === undefined ? undefined : { id, server, cursor };
    } catch {
      // nothing that could be used
      return undefined;
    }
  }

  write(handle: JobHandle): void {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(handle));
    } catch {
      // it is full, or forbidden: the job is not found again
    }
  }

  forget(): void {
    try {
      this.#storage?.removeItem(this.#key);
    } catch {
      // forbidden
    }
  }

  /** Reading the property throws where pages may not store anything. */
  get #storage(): IdStore | undefined {
    return this.#given ?? (globalThis as { readonly sessionStorage?: IdStore }).sessionStorage;
  }
}
