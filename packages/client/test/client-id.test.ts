import { describe, expect, it } from 'vitest';
import { ClientId } from '../src/client-id.ts';
import { systemChance } from '../src/clock.ts';
import type { IdStore } from '../src/options.ts';

class Store implements IdStore {
  readonly items = new Map<string, string>();
  getItem = (key: string): string | null => this.items.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.items.set(key, value);
  removeItem = (key: string): void => void this.items.delete(key);
  /** What a duplicated tab begins with. */
  copy(): Store {
    const copy = new Store();
    for (const [key, value] of this.items) copy.items.set(key, value);
    return copy;
  }
}
const idIn = (store: IdStore): ClientId => new ClientId({ persist: store }, systemChance);

describe('the id of a client', () => {
  it('is another one each time', () => {
    expect(new ClientId(undefined, systemChance).value).not.toBe(new ClientId(undefined, systemChance).value);
  });
  it('is the one that was given', () => expect(new ClientId('me', systemChance).value).toBe('me'));

  it('survives a reload', () => {
    const store = new Store();
    const before = idIn(store);
    before.keep();
    expect(idIn(store).value).toBe(before.value);
  });

  it('is not shared with a tab that is duplicated while it is in use', () => {
    const store = new Store();
    idIn(store).keep();
    const inUse = idIn(store);
    expect(idIn(store.copy()).value).not.toBe(inUse.value);
  });

  it('is taken back when the page was kept after all', () => {
    const store = new Store();
    const id = idIn(store);
    id.keep();
    id.unkeep();
    expect(store.items.size).toBe(0);
  });

  it('does without a store that throws', () => {
    const fail = (): never => {
      throw new Error('forbidden');
    };
    const id = idIn({ getItem: fail, setItem: fail, removeItem: fail });
    id.keep();
    expect(id.value).toMatch(/^[0-9a-f-]{36}$/);
  });
});
