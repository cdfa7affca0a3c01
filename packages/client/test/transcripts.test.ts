/** Recorded transcripts of the reference, played to the client: each job ends as the transcript shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Client } from '../src/client.ts';
import { FakeClock } from './fake/fake-clock.ts';
import { FakeNetwork } from './fake/fake-network.ts';
import { endIn, TranscriptPlayer } from './fake/transcript-player.ts';
import type { RecordedMessage, Transcript } from './fake/transcript-player.ts';

const FOLDER = join(import.meta.dirname, '../../../tests/conformance/suite/golden');

interface Take {
  readonly name: string;
  readonly connections: (readonly RecordedMessage[])[];
  readonly posts: Transcript['http'];
  readonly records: ReadonlyMap<string, object>;
  /** Labels of the prompts, with how they end. */
  readonly ends: ReadonlyMap<string, string>;
}

/** What of a transcript concerns one client. */
function takesOf(name: string): Take[] {
  const { http, ws } = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Transcript;
  const posts = http.filter(
    ({ request, body }) => /^POST (?:\/api)?\/prompt$/.test(request ?? '') && typeof body === 'object',
  );
  if (!posts.length) return [];
  const recorded = new Map<string, object>();
  for (const { request, body } of http)
    if (/^GET .*\/history/.test(request ?? ''))
      for (const [label, entry] of Object.entries(body as object)) recorded.set(label, entry as object);
  // A1 and A2 are two sockets of client A, one after another
  const clients = new Map<string, (readonly RecordedMessage[])[]>();
  for (const [label, messages] of Object.entries(ws)) {
    const client = label.replace(/\d$/, '');
    clients.set(client, [...(clients.get(client) ?? []), messages]);
  }
  if (!clients.size) {
    // no socket was recorded: only what was refused shows its end
    if (posts.some(({ status }) => status === 200)) return [];
    clients.set('none', [[]]);
  }
  return [...clients].flatMap(([client, connections]) => {
    const messages = connections.flat();
    const isMentioned = (label: string): boolean => messages.some(({ data }) => data?.prompt_id === label);
    const own = posts.filter(
      ({ status, body }) =>
        status !== 200 || clients.size === 1 || isMentioned((body as { prompt_id: string }).prompt_id),
    );
    if (!own.length) return [];
    const ends = new Map<string, string>();
    const records = new Map<string, object>();
    for (const [at, { status, body }] of own.entries()) {
      const label = (body as { prompt_id?: string }).prompt_id ?? `refused ${at}`;
      const told = endIn(messages, label);
      const kept = recorded.get(label) as { status: { status_str: string } } | undefined;
      ends.set(
        label,
        status === 200
          ? (told ?? (kept ? (kept.status.status_str === 'success' ? 'succeeded' : 'failed') : 'lost'))
          : 'rejected',
      );
      const record = kept ?? (told && recordOf(messages, label, told));
      if (record) records.set(label, record);
    }
    return [{ name: clients.size > 1 ? `${name}, client ${client}` : name, connections, posts: own, records, ends }];
  });
}

/** The record that the reference writes for such messages. */
function recordOf(messages: readonly RecordedMessage[], label: string, end: string): object {
  const own = messages.filter(({ data }) => data?.prompt_id === label);
  const outputs = own.flatMap(({ type, data }) =>
    type === 'executed' && data!['output'] ? [[data!.node, data!['output']]] : [],
  );
  const noted = own.filter(
    ({ type, data }) => type?.startsWith('execution_') && data!['exception_type'] !== 'ExecutionBlocked',
  );
  const status = {
    status_str: end === 'succeeded' ? 'success' : 'error',
    completed: end === 'succeeded',
    messages: noted.map(({ type, data }) => [type, data]),
  };
  return { outputs: Object.fromEntries(outputs) as object, status };
}

const takes = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => takesOf(file.slice(0, -5)));

describe('a recorded transcript', () => {
  it('is played wherever there is a prompt in it', () => {
    expect(takes.length).toBeGreaterThan(50);
    const ends = new Set(takes.flatMap((take) => [...take.ends.values()]));
    expect([...ends].toSorted()).toEqual(['canceled', 'failed', 'lost', 'rejected', 'succeeded']);
  });

  it.each(takes)('$name', async ({ connections, posts, records, ends }) => {
    const clock = new FakeClock();
    const player = new TranscriptPlayer(clock, posts, connections, records);
    const client = new Client(new FakeNetwork(player, clock).options());
    onTestFinished(() => client.close());
    const jobs = [];
    for (const label of ends.keys()) {
      const job = client.run({ 1: { class_type: label.includes('websocket') ? '' : 'Any', inputs: {} } });
      jobs.push({ job, label });
      await clock.until(() => job.state !== 'preparing' && job.state !== 'submitting', 60_000);
    }
    await clock.until(() => client.jobs.length === 0, 600_000);
    expect(jobs.map(({ job }) => job.state)).toEqual([...ends.values()]);
    for (const { job, label } of jobs) {
      const record = records.get(label) as { outputs: object } | undefined;
      const isShown = job.state === 'succeeded' || job.state === 'failed';
      if (record && isShown)
        expect(Object.fromEntries(job.end!.result.outputs.raw)).toEqual(JSON.parse(JSON.stringify(record.outputs)));
      const refused = posts.find(({ status }) => status !== 200)?.body as { node_errors?: object } | undefined;
      if (job.end?.type === 'rejected') expect(job.end.error).toMatchObject({ code: 'validation_failed' });
      if (job.end?.type === 'rejected' && Object.keys(refused?.node_errors ?? {}).length)
        expect(job.end.error).toMatchObject({
          problems: expect.arrayContaining([
            expect.objectContaining({ nodeId: Object.keys(refused!.node_errors!)[0] }),
          ]) as unknown,
        });
    }
  });
});
