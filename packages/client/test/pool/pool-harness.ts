/** A pool and several servers in one process, in fake time. */
import { onTestFinished } from 'vitest';
// what is loaded later is loaded in real time
import '../../src/convert.ts';
import { Client } from '../../src/client.ts';
import type { JobEvent } from '../../src/job-events.ts';
import type { Job } from '../../src/job.ts';
import { createPool } from '../../src/pool/index.ts';
import '../../src/pool/read-source.ts';
import type { MemberOptions, Pool, PoolOptions } from '../../src/pool/index.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeComfy } from '../fake/fake-comfy.ts';
import type { Answer, FakeOptions } from '../fake/fake-comfy.ts';
import { FakeNetwork } from '../fake/fake-network.ts';

const CLASSES = ['Save', 'Text', 'Fail', 'Never', 'Preview', 'Cached', 'Block', 'Half', 'Refused'];

export class Server {
  readonly comfy: FakeComfy;
  readonly network: FakeNetwork;
  readonly name: string;
  /** What `/object_info` answers. */
  info: Record<string, object> = Object.fromEntries(CLASSES.map((name) => [name, { input: { required: {} } }]));
  /** Before a request reaches it. */
  fault: FakeNetwork['faults']['request'];
  /** Prompts that it ever began. */
  readonly began = new Set<string>();

  constructor(name: string, clock: FakeClock, options: Partial<FakeOptions> = {}) {
    this.name = name;
    this.comfy = new FakeComfy({ clock, ...options });
    this.network = new FakeNetwork(this.comfy, clock);
    const { truth } = this.comfy;
    truth.set = (id, what) => {
      if (what === 'running') this.began.add(id);
      return Map.prototype.set.call(truth, id, what) as typeof truth;
    };
    this.network.faults.request = (method, path) => {
      const instead = this.fault?.(method, path);
      if (instead !== undefined) return instead;
      if (path === '/api/object_info') return answer(this.info);
      return path === '/api/prompt' && method === 'GET' ? answer({ exec_info: this.#queue }) : undefined;
    };
  }

  /** As the reference counts: what runs is still to be done. */
  get #queue(): object {
    const { pending, running } = this.comfy;
    return { queue_remaining: pending.length + (running ? 1 : 0) };
  }

  get member(): MemberOptions {
    return { ...this.network.options(), url: `http://${this.name}`, name: this.name };
  }

  /** Nobody reaches it, or it is there again. */
  set isAway(isAway: boolean) {
    this.fault = isAway ? () => 'fail' : undefined;
    this.network.faults.isSocketRefused = () => isAway;
    if (isAway) this.network.cut();
  }
}

export const answer = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });

export interface PoolHarness {
  readonly clock: FakeClock;
  readonly pool: Pool;
  readonly servers: readonly Server[];
  /** Lets time pass until the job has ended. Fails after 20 minutes. */
  readonly end: (job: Job) => Promise<string>;
  readonly until: (holds: () => boolean) => Promise<void>;
  readonly eventsOf: (job: Job) => JobEvent[];
}

export function createPoolHarness(
  given: Readonly<Record<string, Omit<MemberOptions, 'url'> & { server?: Partial<FakeOptions> }>>,
  options: PoolOptions = {},
): PoolHarness {
  const clock = new FakeClock();
  const servers = Object.entries(given).map(([name, { server }]) => new Server(name, clock, server));
  const members = servers.map((one) => {
    const { server: _server, ...more } = given[one.name]!;
    return { ...one.member, ...more };
  });
  const { chance } = servers[0]?.network.options() ?? {};
  const pool = createPool(members, {
    createClient: (of) => new Client(of),
    ...options,
    client: { clock, chance, ...options.client },
  });
  onTestFinished(() => pool.close());
  return {
    clock,
    pool,
    servers,
    async end(job) {
      const isOver = await clock.until(() => job.end !== undefined, 20 * 60_000);
      return isOver ? job.state : `hangs in ${job.state}`;
    },
    async until(holds) {
      if (!(await clock.until(holds, 20 * 60_000))) throw new Error(`It never came: ${holds.toString()}`);
    },
    eventsOf(job) {
      const events: JobEvent[] = [];
      job.on('*', (event) => events.push(event));
      return events;
    },
  };
}
