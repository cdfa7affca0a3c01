/** Plugins put functions of their own in the place of a client's. Hooks do more with less: see client-hooks.ts. */
import type { Client } from './client.ts';
import type { Loose } from './loose.ts';

/** `original` is what was there before, plugins that were used earlier included. `this` is the client. */
export type FunctionHook<N extends keyof Client = keyof Client> = Client[N] extends (
  ...args: infer Args
) => infer Answer
  ? {
      type: 'function';
      name: N;
      fn: (original: Client[N], ...args: Args) => Answer;
    }
  : never;

interface AnyHook {
  readonly name: string;
  readonly fn: (original: Loose, ...args: Loose[]) => Loose;
}

export class Plugin {
  readonly #hooks: AnyHook[] = [];

  /** Called by `client.use`. */
  install(instance: Client): void {
    const members = instance as Loose as Record<string, (...args: unknown[]) => unknown>;
    for (const { name, fn } of this.#hooks) {
      const original = members[name]!.bind(instance);
      members[name] = (...args) => fn.call(instance, original, ...args) as unknown;
    }
  }

  protected addHook<N extends keyof Client>(hook: FunctionHook<N>): void {
    this.#hooks.push(hook as AnyHook);
  }
}

/** For servers behind ComfyUI-Login: the token goes into every address, links to files too, since pictures have no headers. */
export class LoginAuthPlugin extends Plugin {
  constructor({ token }: { token: string }) {
    super();
    const withToken = (address: string): string => {
      const url = new URL(address);
      url.searchParams.set('token', token);
      return String(url);
    };
    this.addHook({ type: 'function', name: 'apiURL', fn: (original, route) => withToken(original(route)) });
    this.addHook({ type: 'function', name: 'wsURL', fn: (original) => withToken(original()) });
    this.addHook({ type: 'function', name: 'viewURL', fn: (original, ...args) => withToken(original(...args)) });
  }
}
