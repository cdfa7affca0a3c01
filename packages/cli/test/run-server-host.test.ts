import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '@snug/protocol';
import type { RunEnd, RunEvent } from '../src/run/prompt-host.ts';
import { parseAddress } from '../src/run/server-address.ts';
import { ServerHost } from '../src/run/server-host.ts';
import { ScriptedServer } from './scripted-server.ts';

const reconnect = { minMs: 5, maxMs: 20 };
const timeouts = {
  settleMs: 20,
  recordMs: 200,
  silenceMs: 400,
  pollMs: 20,
  maxPollMs: 20,
  absenceMs: 20,
  unreachableMs: 300,
};
const prompt = new Map<string, Json>([['1', new Map([['class_type', 'Anything']])]]);
const saved = { '1': { images: [{ filename: 'a.png', subfolder: '', type: 'output' }] } };
const success = { outputs: saved, status: { status_str: 'success', completed: true, messages: [] } };

let server: ScriptedServer;
let host: ServerHost;
let id: string;
let events: RunEvent[];
let abort: AbortController;

beforeEach(async () => {
  server = await ScriptedServer.start();
  host = new ServerHost({ address: { base: server.base, headers: {} }, reconnect, timeouts, cancelMs: 1000 });
  events = [];
  abort = new AbortController();
});
afterEach(async () => {
  await host.close();
  await server.close();
});

function run(onPrompt: () => unknown): Promise<RunEnd> {
  server.onPrompt = ({ promptId }) => {
    id = promptId;
    server.running = [id];
    return onPrompt();
  };
  return host.run({ prompt, workflow: undefined }, { onEvent: (event) => events.push(event), signal: abort.signal });
}

const tell = (type: string, data: object = {}): void => server.tell(type, { prompt_id: id, ...data });
function succeed(): void {
  server.running = [];
  server.history.set(id, success);
}
const outputsOf = (end: RunEnd): string[] => ('outputs' in end ? [...end.outputs.keys()] : []);

describe('a prompt on a server', () => {
  test('ends when its record can be read, with the outputs of the record', async () => {
    const end = await run(() => {
      tell('execution_start');
      tell('executing', { node: '1' });
      tell('progress_state', { nodes: { '1': { value: 2, max: 4, state: 'running' } } });
      tell('progress_state', { nodes: { '1': { value: 2, max: 4, state: 'running' } } });
      tell('execution_success');
      succeed();
      tell('executing', { node: null });
    });
    expect(end.kind).toBe('done');
    expect(outputsOf(end)).toEqual(['1']);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['queued', 'started', 'node-started', 'progress']),
    );
    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(1);
    expect(server.greetings).toMatchObject([{ type: 'feature_flags', data: { supports_preview_metadata: true } }]);
  });

  test('waits for a record that comes after the message of success', async () => {
    let asked = 0;
    server.intercept = (request) => {
      // as by a slow disk: it leaves the queue, and the history has it, at the third look
      if (request === 'GET /queue' && ++asked === 3) succeed();
      return false;
    };
    const end = await run(() => {
      tell('execution_success');
      tell('executing', { node: null });
    });
    expect(end.kind).toBe('done');
    expect(asked).toBe(3);
  });

  test('ends with what the socket told when there never is a record', async () => {
    const end = await run(() => {
      server.running = [];
      tell('executed', { node: '1', output: { images: [] } });
      tell('execution_success');
    });
    expect(end.kind).toBe('done');
    expect(outputsOf(end)).toEqual(['1']);
  });

  test('ends although no message of its end ever comes', async () => {
    const end = await run(() => {
      tell('execution_start');
      succeed();
    });
    expect(end.kind).toBe('done');
  });

  test('ends although the socket dropped between its success and its record', async () => {
    const end = await run(() => {
      tell('execution_start');
      server.onSocket = succeed;
      server.dropSocket();
    });
    expect(end.kind).toBe('done');
    expect(outputsOf(end)).toEqual(['1']);
  });

  test('ends although the server has no socket at all', async () => {
    await host.close();
    server.refusesSockets = true;
    host = new ServerHost({
      address: { base: server.base, headers: {} },
      reconnect,
      timeouts: { ...timeouts, readyMs: 50 },
    });
    const end = await run(succeed);
    expect(end.kind).toBe('done');
  });

  test('may end before its submission is answered', async () => {
    const end = await run(async () => {
      tell('execution_success');
      succeed();
      tell('executing', { node: null });
      // the answer comes when the client has looked at the record
      await new Promise<void>((resolve) => {
        server.intercept = (request) => {
          if (request === `GET /history/${id}`) resolve();
          return false;
        };
      });
    });
    expect(end.kind).toBe('done');
  });

  test('is not given up while its submission is still being checked', async () => {
    let attempts = 0;
    const end = await run(async () => {
      server.running = [];
      server.refusesSockets = true;
      server.dropSocket();
      // the socket is tried again, and after each attempt the server is asked why it was refused
      await new Promise<void>((resolve) => {
        server.intercept = (request) => {
          if (request.startsWith('GET ') && ++attempts === 5) resolve();
          return false;
        };
      });
      succeed();
    });
    expect(end.kind).toBe('done');
  });

  test('is not submitted twice when the answer to its submission is lost', async () => {
    server.losesAnswer = true;
    const end = await run(succeed);
    expect(end.kind).toBe('done');
    expect(server.requests.filter((request) => request === 'POST /prompt')).toHaveLength(1);
  });

  test('fails with the node and the reason', async () => {
    const data = { node_id: '1', node_type: 'Anything', exception_message: 'no luck\n', exception_type: 'Error' };
    const end = await run(() => {
      server.running = [];
      server.history.set(id, { outputs: {}, status: { status_str: 'error', messages: [['execution_error', data]] } });
      tell('execution_error', data);
    });
    expect(end).toMatchObject({ kind: 'failed', node: '1', classType: 'Anything', reason: 'no luck' });
  });

  test('runs on when one branch was blocked', async () => {
    const end = await run(() => {
      tell('execution_error', { node_id: '1', exception_type: 'ExecutionBlocked', exception_message: 'not today' });
      succeed();
      tell('execution_success');
    });
    expect(end.kind).toBe('done');
    expect(events).toContainEqual({ type: 'warning', message: 'node 1 (Anything): not today' });
  });

  test('pays no heed to the messages of other prompts', async () => {
    const end = await run(() => {
      server.tell('execution_error', { prompt_id: 'another', node_id: '9', exception_message: 'not ours' });
      server.tell('executing', { node: null });
      succeed();
    });
    expect(end.kind).toBe('done');
  });

  test('is lost when somebody took it out of the queue', async () => {
    const end = await run(() => {
      server.running = [];
      server.dropSocket();
    });
    expect(end).toMatchObject({ kind: 'lost', reason: expect.stringContaining('no longer in the queue') as string });
  });

  test('is lost when the server stops answering', async () => {
    const end = await run(() => {
      server.refusesSockets = true;
      server.intercept = (request, response) => {
        if (request === 'POST /prompt') return false;
        response.destroy();
        return true;
      };
      tell('execution_start');
      server.dropSocket();
    });
    expect(end).toMatchObject({ kind: 'lost', reason: expect.stringContaining('stopped answering') as string });
  });

  test('is refused with every problem', async () => {
    server.intercept = (request, response) => {
      if (request !== 'POST /prompt') return false;
      const errors = [
        { type: 'value_bigger_than_max', message: 'Value 9 bigger than max of 5', extra_info: { input_name: 'alpha' } },
        { type: 'required_input_missing', message: 'Required input is missing', details: 'image' },
      ];
      const body = { error: { message: 'refused' }, node_errors: { '1': { class_type: 'Anything', errors } } };
      response.writeHead(400).end(JSON.stringify(body));
      return true;
    };
    expect(await run(() => {})).toEqual({
      kind: 'refused',
      refusals: [
        { node: '1', classType: 'Anything', input: 'alpha', reason: 'Value 9 bigger than max of 5' },
        { node: '1', classType: 'Anything', input: '', reason: 'Required input is missing: image' },
      ],
    });
  });
});

describe('the address of a server', () => {
  test('keeps its path for requests, for the socket and for pictures, and sends its credentials along', async () => {
    const address = parseAddress(`${server.base.replace('//', '//me:p%40ss@')}/comfy/`)!;
    expect(address).toEqual({
      base: `${server.base}/comfy`,
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    });
    let login: string | undefined;
    server.intercept = (request, response) => {
      if (request !== 'GET /comfy/object_info') return false;
      login = response.req.headers.authorization;
      response.end('{"A":{}}');
      return true;
    };
    const below = new ServerHost({ address, reconnect, timeouts });
    expect([...(await below.descriptions()).keys()]).toEqual(['A']);
    expect(login).toBe(address.headers['authorization']);
    const place = await below.locate({ filename: 'a b.png', subfolder: 'c', type: 'output' });
    expect(place).toBe(`${server.base}/comfy/view?filename=a%20b.png&subfolder=c&type=output`);
    await below.close();
  });

  test('may lack its scheme, and has to be one', () => {
    expect(parseAddress('10.0.0.7:8188')?.base).toBe('http://10.0.0.7:8188');
    expect(parseAddress('https://gpu.example')?.base).toBe('https://gpu.example');
    expect(parseAddress('ftp://gpu.example')).toBeUndefined();
    expect(parseAddress('http://')).toBeUndefined();
  });
});

describe('a prompt that is cancelled', () => {
  test('is stopped where the server has a route for it', async () => {
    server.intercept = (request, response) => {
      if (request !== `POST /api/jobs/${id}/cancel`) return false;
      server.running = [];
      server.history.set(id, {
        outputs: {},
        status: { status_str: 'error', messages: [['execution_interrupted', {}]] },
      });
      response.end('{"cancelled":true}');
      return true;
    };
    const end = await run(() => abort.abort());
    expect(end.kind).toBe('cancelled');
    expect(server.requests).not.toContain('POST /interrupt');
  });

  test('is interrupted on an older server only while it runs itself', async () => {
    server.intercept = (request) => {
      if (request === 'POST /interrupt') server.running = [];
      return false;
    };
    expect((await run(() => abort.abort())).kind).toBe('cancelled');
    expect(server.requests).toContain('POST /interrupt');
  });

  test('is taken out of the queue of an older server without stopping what runs', async () => {
    server.intercept = (request) => {
      if (request === 'POST /queue') server.pending = [];
      return false;
    };
    const end = await run(() => {
      server.running = ['another'];
      server.pending = [id];
      abort.abort();
    });
    expect(end.kind).toBe('cancelled');
    expect(server.requests).not.toContain('POST /interrupt');
  });

  test('is not waited for without end', async () => {
    server.intercept = (request, response) => {
      if (request !== `POST /api/jobs/${id}/cancel`) return false;
      response.end('{"cancelled":true}');
      return true;
    };
    expect((await run(() => abort.abort())).kind).toBe('cancelled');
  });
});
