/** Rows 2.4 (`Workflow`, `InvokedWorkflow`) of the checklist; each title names its row. */
import { describe, expect, it } from 'vitest';
import {
  Disposable,
  InvokedWorkflow,
  Workflow,
  WorkflowDoneError,
  WorkflowEnqueuedError,
  WorkflowInterruptedError,
  WorkflowTaskIdError,
  WorkflowWsError,
} from '../../src/compat/index.ts';
import { promptOf } from '../fake/harness.ts';
import { failureOf, next, startPair } from './fake-client.ts';

function saving(...classes: string[]): Workflow {
  const workflow = new Workflow();
  for (const name of classes) workflow.node(name, {});
  return workflow;
}

describe('2.4 Workflow', () => {
  it('2.4 Workflow.classes: any class; outputs by destructuring, by index, without end', () => {
    const workflow = new Workflow();
    const { CheckpointLoaderSimple, KSampler, NODE1 } = workflow.classes;
    const [model, clip, vae] = CheckpointLoaderSimple({ ckpt_name: 'm' });
    const sampled = KSampler({ model, seed: 5n, left_out: undefined });
    expect([model, clip, vae]).toEqual([
      ['1', 0],
      ['1', 1],
      ['1', 2],
    ]);
    expect(sampled[23]).toEqual(['2', 23]);
    let at = 0;
    for (const output of NODE1!({ a: sampled[0] })) {
      if (at === 99) expect(output).toEqual(['3', 99]);
      if (at++ === 100) break;
    }
    expect(workflow.workflow()).toEqual({
      prompt: {
        1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'm' } },
        2: { class_type: 'KSampler', inputs: { model: ['1', 0], seed: 5n } },
        3: { class_type: 'NODE1', inputs: { a: ['2', 0] } },
      },
    });
  });

  it('2.4 node(name, inputs), reset(), end(), workflow(): ids that stay, titles, toApi()', () => {
    const workflow = new Workflow();
    const [output] = workflow.node('Efficient Loader', { a: 1 }, { id: '2', title: 'mine' });
    expect(output).toEqual(['2', 0]);
    workflow.node('A');
    workflow.node('B');
    expect(Object.keys(workflow.toApi())).toEqual(['1', '2', '3']);
    expect(workflow.toApi()['2']).toEqual({
      class_type: 'Efficient Loader',
      inputs: { a: 1 },
      _meta: { title: 'mine' },
    });
    expect(() => workflow.node('A', {}, { id: '2' })).toThrow('id: 2');
    const copy = workflow.end();
    copy.prompt['1']!.inputs['changed'] = true;
    expect(workflow.workflow().prompt['1']?.inputs).toEqual({});
    workflow.reset();
    expect(workflow.workflow()).toEqual({ prompt: {} });
    expect(workflow.node('A')[0]).toEqual(['1', 0]);
  });

  it('2.4 invoke(client, options), invoke_polling, instance(client, options)', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    expect((await saving('Save').invoke_polling(client, { polling_ms: 5 })).images).toHaveLength(1);
    const told: unknown[] = [];
    // as the first example has it: nobody waits for the connection
    void client.connect();
    const { images } = await saving('Save').invoke(client, { progress: (p) => told.push(p.value) });
    expect(images).toHaveLength(1);
    expect(told).toEqual([1]);
    const invoked = saving('Text').instance<string>(client, {
      resolver: (acc, output) => ({ ...acc, data: (output['text'] as string[])[0]! }),
    });
    await invoked.enqueue();
    expect((await invoked.wait()).data).toBe('of 1');
  });
});

describe('2.4 InvokedWorkflow', () => {
  it('2.4 options, is_done, enqueued, delay_done_ms, is_current_ws_executing, is_disposed, task_id', async () => {
    const { server, client } = await startPair({}, { timeouts: { pollMs: 10 } });
    await client.connect();
    const invoked = new InvokedWorkflow({ workflow: { prompt: promptOf('Never') as never }, client });
    expect(invoked).toMatchObject({ is_done: false, enqueued: false, delay_done_ms: 500, is_disposed: false });
    expect([invoked.task_id, invoked.is_current_ws_executing]).toEqual([undefined, false]);
    const executing = new Promise((resolve) => invoked.on('executing', resolve));
    await invoked.enqueue();
    await executing;
    expect(invoked).toMatchObject({ enqueued: true, is_current_ws_executing: true });
    expect(server.comfy.truth.get(invoked.task_id!)).toBe('running');
    const result = invoked.wait();
    server.comfy.release();
    await result;
    expect(invoked).toMatchObject({ is_done: true, is_disposed: true });
    expect(invoked.options.client).toBe(client);
  });

  it('2.4 on, once: of this prompt alone, from before it is sent', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    await client.connect();
    const [first, second] = [saving('Preview').instance(client), saving('Text', 'Save').instance(client)];
    const heard: string[] = [];
    const nodes: string[] = [];
    second.on('executed', ({ node }) => nodes.push(node));
    second.once('executing', ({ node }) => heard.push(`once ${node}`));
    second.on('execution_start', ({ prompt_id }) => heard.push(`${prompt_id === second.task_id}`));
    second.on('b_preview', () => heard.push('preview of another'));
    first.on('b_preview', () => heard.push('preview'));
    await Promise.all([first.enqueue(), second.enqueue()]);
    await Promise.all([first.wait(), second.wait()]);
    expect(nodes).toEqual(['1', '2']);
    expect(heard).toEqual(['preview', 'true', 'once 1']);
    expect(client.registered).toEqual([]);
  });

  it('2.4 enqueue(), query(), interrupt(): once, and no other prompt', async () => {
    const { server, client } = await startPair({}, { timeouts: { pollMs: 10 } });
    await client.connect();
    const [running, waiting] = [saving('Never').instance(client), saving('Save').instance(client)];
    await expect(waiting.query()).rejects.toBeInstanceOf(WorkflowTaskIdError);
    await running.enqueue();
    await expect(running.enqueue()).rejects.toBeInstanceOf(WorkflowEnqueuedError);
    await waiting.enqueue();
    expect(await waiting.query()).toEqual({ running: false, pending: true, done: false });
    const ends = [failureOf(running.wait()), failureOf(waiting.wait())];
    await waiting.interrupt();
    expect(server.comfy.truth.get(running.task_id!)).toBe('running');
    await running.interrupt();
    for (const end of await Promise.all(ends)) expect(end).toBeInstanceOf(WorkflowInterruptedError);
    await expect(running.wait()).rejects.toBeInstanceOf(WorkflowDoneError);
  });

  it('2.4 on_start(cb)', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    const invoked = saving('Save').instance(client);
    let starts = 0;
    const off = invoked.on_start(() => starts++);
    invoked.on_start(() => starts++);
    off();
    await client.connect();
    await invoked.enqueue();
    await invoked.wait();
    expect(starts).toBe(1);
  });

  it('2.4 wait(), wait_polling({ polling_ms }), collect_result()', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 60_000 } });
    const polled = saving('Save').instance(client);
    await polled.enqueue();
    expect((await polled.wait_polling({ polling_ms: 5 })).images).toHaveLength(1);
    expect((await polled.collect_result()).images).toHaveLength(1);
    await client.connect();
    const failing = saving('Fail').instance(client);
    await failing.enqueue();
    const error = await failureOf(failing.wait());
    expect(error).toMatchObject({
      name: 'WorkflowExecutionError',
      task_id: failing.task_id,
      payload: { node_id: '1', node_type: 'Fail', exception_type: 'ValueError', traceback: ['at Fail'] },
      invoked: failing,
    });
    client.disconnect();
    const alone = saving('Never').instance(client);
    await alone.enqueue();
    await expect(alone.wait()).rejects.toBeInstanceOf(WorkflowWsError);
  });

  it('2.4 dispose(), _connect(cb)', async () => {
    const { client } = await startPair();
    const invoked = new InvokedWorkflow({ prompt: {} }, client);
    let released = 0;
    invoked._connect(() => released++);
    invoked.on('status', () => {});
    invoked.dispose();
    invoked.dispose();
    invoked._connect(() => released++);
    expect(released).toBe(2);
    expect(client.registered).toEqual([]);
    expect(() => invoked.on('status', () => {})).toThrow(WorkflowDoneError);
  });

  it('2.4 Disposable: exported, with Symbol.dispose', () => {
    class Held extends Disposable {}
    let released = 0;
    {
      using held = new Held();
      held._connect(() => released++);
      expect(held.is_disposed).toBe(false);
    }
    expect(released).toBe(1);
  });

  it('2.4 a result that came through the socket comes before what the record has', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    await client.connect();
    const told = next(client, 'image_data');
    const { images } = await saving('SaveImageWebsocket', 'Save').invoke(client);
    expect(images.map(({ type }) => type)).toEqual(['buff', 'url']);
    const [{ image }] = (await told) as [{ image: ArrayBuffer }];
    const [first] = images;
    expect(first?.type === 'buff' && new Uint8Array(first.data)).toEqual(new Uint8Array(image));
  });
});
