/** A client and a server in one process, in fake time. */
import { onTestFinished } from 'vitest';
import { Client } from '../../src/client.ts';
import type { JobEvent } from '../../src/job-events.ts';
import type { Job } from '../../src/job.ts';
import type { ClientOptions } from '../../src/options.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeComfy } from './fake-comfy.ts';
import type { FakeOptions } from './fake-comfy.ts';
import { FakeNetwork } from './fake-network.ts';

export interface Harness {
  readonly clock: FakeClock;
  readonly comfy: FakeComfy;
  readonly network: FakeNetwork;
  readonly client: Client;
  /** Lets time pass until the job has ended. Fails after 10 minutes. */
  readonly end: (job: Job) => Promise<string>;
  /** What the job tells from now on. */
  readonly eventsOf: (job: Job) => JobEvent[];
}

export function createHarness(server: Partial<FakeOptions> = {}, options: Partial<ClientOptions> = {}): Harness {
  const clock = new FakeClock();
  const comfy = new FakeComfy({ clock, ...server });
  const network = new FakeNetwork(comfy, clock);
  const client = new Client(network.options(options));
  onTestFinished(() => client.close());
  return {
    clock,
    comfy,
    network,
    client,
    async end(job) {
      const isOver = await clock.until(() => job.end !== undefined, 600_000);
      return isOver ? job.state : `hangs in ${job.state}`;
    },
    eventsOf(job) {
      const events: JobEvent[] = [];
      job.on('*', (event) => events.push(event));
      return events;
    },
  };
}

/** A prompt of nodes of these classes, by ids from 1. */
export function promptOf(...classes: string[]): Record<string, { class_type: string; inputs: object }> {
  return Object.fromEntries(classes.map((class_type, at) => [String(at + 1), { class_type, inputs: {} }]));
}
