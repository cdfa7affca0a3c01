/** The page of the tests: shows scenes, and counts what it must not leak. */
import { StrictMode, useEffect } from 'react';
import type { ReactNode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { createClient } from '../../packages/client/src/create-client.ts';
import type { Job } from '../../packages/client/src/job.ts';
import { App } from '../../packages/client/test/react/app.tsx';
import type { Scene } from '../../packages/client/test/react/app.tsx';

/** Addresses of objects that were not revoked. */
const urls = new Set<string>();
let made = 0;
let mostUrls = 0;
const make = URL.createObjectURL.bind(URL);
const revoke = URL.revokeObjectURL.bind(URL);
URL.createObjectURL = (object) => {
  const url = make(object);
  urls.add(url);
  made++;
  mostUrls = Math.max(mostUrls, urls.size);
  return url;
};
URL.revokeObjectURL = (url) => {
  urls.delete(url);
  revoke(url);
};

const client = createClient({ url: location.origin, reconnect: { minMs: 10, maxMs: 20 } });
const container = document.getElementById('root')!;
let root: Root | undefined;
let job: Job | undefined;
let effects = 0;
let readers = 0;

/** Shows that strict mode does what it is here for: effects come twice. */
function Canary(): ReactNode {
  useEffect(() => {
    effects++;
  }, []);
  return null;
}

/** Strict mode must be the outermost, or the first render is spared. */
const content = (scene: Scene | undefined): ReactNode => (
  <StrictMode>
    <Canary />
    <App client={client} scene={scene} />
  </StrictMode>
);

/** Counts who reads its events. */
function watched(given: Job): Job {
  const open = given[Symbol.asyncIterator].bind(given);
  given[Symbol.asyncIterator] = () => {
    const events = open();
    const leave = events.return?.bind(events);
    readers++;
    events.return = (value) => {
      readers--;
      return leave!(value);
    };
    return events;
  };
  return given;
}

const testPage = {
  client,
  show(scene: Scene | undefined) {
    root ??= createRoot(container);
    root.render(content(scene));
  },
  hydrate(scene: Scene) {
    root = hydrateRoot(container, content(scene));
  },
  unmount() {
    root?.unmount();
    root = undefined;
  },
  /** A job that no component began. */
  start(...classes: string[]) {
    job = watched(
      client.run(Object.fromEntries(classes.map((class_type, at) => [String(at + 1), { class_type, inputs: {} }]))),
    );
    return job.id;
  },
  showJob(copies = 1, previewOf?: string) {
    testPage.show({ kind: 'job', job: job!, copies, ...(previewOf === undefined ? {} : { previewOf }) });
  },
  counts: () => ({
    urls: urls.size,
    made,
    mostUrls,
    effects,
    readers,
    listened: client.listened,
    live: client.jobs.length,
  }),
};

declare global {
  interface Window {
    testPage: typeof testPage;
  }
}
window.testPage = testPage;
