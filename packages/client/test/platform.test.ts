import { afterEach, describe, expect, it } from 'vitest';
import { createHarness, promptOf } from './fake/harness.ts';

/** A page, as far as the client looks at it. */
class Page extends EventTarget {
  visibilityState = 'visible';
}
const host = globalThis as { document?: unknown; addEventListener?: unknown; removeEventListener?: unknown };

/** Events of the window and of the page. */
function pretendPage(): { window: EventTarget; page: Page } {
  const window = new EventTarget();
  const page = new Page();
  host.document = page;
  host.addEventListener = window.addEventListener.bind(window);
  host.removeEventListener = window.removeEventListener.bind(window);
  return { window, page };
}
afterEach(() => {
  for (const name of ['document', 'addEventListener', 'removeEventListener'] as const)
    Reflect.deleteProperty(host, name);
});

describe('a page', () => {
  it('that goes offline lets go of the socket, and opens it when it is online', async () => {
    const { window } = pretendPage();
    const { client, clock, network } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    window.dispatchEvent(new Event('offline'));
    expect(client.connection.phase).toBe('offline');
    await clock.pass(3000);
    expect(network.openSockets).toBe(0);
    expect(job.state, 'no failure').toBe('running');
    window.dispatchEvent(new Event('online'));
    await clock.pass(10);
    expect(client.connection.phase).toBe('open');
  });

  it('that is seen again asks about its jobs at once, and does not wait to reconnect', async () => {
    const { page } = pretendPage();
    const { client, clock, network } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    await clock.pass(2000);
    const before = network.requests.length;
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(network.requests.length).toBe(before);
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    await clock.pass(10);
    expect(network.requests.slice(before)).toEqual([`GET /api/jobs/${job.id}`]);
    network.faults.isSocketRefused = () => true;
    network.cut();
    await clock.pass(60_000);
    network.faults.isSocketRefused = () => false;
    page.dispatchEvent(new Event('visibilitychange'));
    await clock.pass(10);
    expect(client.connection.phase).toBe('open');
  });

  it('is not listened to after close', () => {
    const { window } = pretendPage();
    const { client } = createHarness();
    client.connect();
    client.close();
    window.dispatchEvent(new Event('online'));
    expect(client.connection.phase).toBe('closed');
  });

  it('keeps the id of its client while it is left', () => {
    const { window } = pretendPage();
    const items = new Map<string, string>();
    const store = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    };
    const { client } = createHarness({}, { clientId: { persist: store } });
    client.connect();
    window.dispatchEvent(new Event('pagehide'));
    expect([...items.values()]).toEqual([client.connection.clientId]);
    window.dispatchEvent(new Event('pageshow'));
    expect(items.size).toBe(0);
  });
});
