/** Abuse of the prompt, queue and JSON surface. Numbers are those of the abuse table; sockets are in web-socket.test.ts. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFaultServer } from './fixtures/fault-server.ts';
import type { FaultServer } from './fixtures/fault-server.ts';
import { call, one, post, submit, WireClient } from './fixtures/wire-client.ts';
import type { Answer, Data, Graph } from './fixtures/wire-client.ts';

const MAX_BODY = 64 * 1024 * 1024;
const MAX_NODES = 120_000;
const MAX_ADDED = 10_000;
const MAX_DEPTH = 500;

let server: FaultServer;
let client: WireClient;
let slowHeaders: Socket;
beforeAll(async () => {
  server = await startFaultServer({
    server: { maxBodyBytes: MAX_BODY, maxNodes: MAX_NODES },
    runner: { limits: { maxAddedNodes: MAX_ADDED, maxDepth: MAX_DEPTH } },
  });
  client = await WireClient.connect(server.url, { clientId: 'me' });
  slowHeaders = connectRaw();
  slowHeaders.write('GET /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
});
afterAll(async () => {
  await server.close();
});

function connectRaw(): Socket {
  const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}
/** The whole answer to some bytes. */
async function raw(bytes: string): Promise<string> {
  const socket = connectRaw();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.end(bytes);
  await once(socket, 'close');
  return text;
}

const prompt = (text: string): Promise<Answer> => post(`${server.url}/prompt`, text);
const promptOf = (graph: unknown): Promise<Answer> => prompt(JSON.stringify({ prompt: graph, client_id: 'me' }));

interface Refusal {
  error: { type: string; message: string; details: string; extra_info: Data };
  node_errors: Record<string, { errors: { type: string }[]; class_type: string }>;
}
/** The refusal, which always has the shape that clients read. */
function refusal(answer: Answer): Refusal {
  expect(answer.status).toBe(400);
  const body = JSON.parse(answer.text) as Refusal;
  expect(body).toEqual({
    error: {
      type: expect.any(String),
      message: expect.any(String),
      details: expect.any(String),
      extra_info: expect.any(Object),
    },
    node_errors: expect.any(Object),
  } as unknown);
  return body;
}
const errorTypes = (answer: Answer): string[] =>
  Object.values(refusal(answer).node_errors).flatMap(({ errors }) => errors.map(({ type }) => type));

async function expectToWork(): Promise<void> {
  const promptId = await submit(server.url, one('Echo', { text: `alive ${Math.random()}` }), { client_id: 'me' });
  expect((await client.end(promptId)).type).toBe('execution_success');
}

describe('A23: what is no prompt', () => {
  test.each(['null', '5', '"text"', '[]', 'true', '[{"class_type":"Echo"}]'])('prompt %s: 400', async (text) => {
    expect(refusal(await prompt(`{"prompt":${text}}`)).error.type).toMatch(/^(invalid_prompt|prompt_no_outputs)$/);
  });
  test.each(['null', '5', '"text"', '[]', '[["2",0]]'])('a node that is %s: 400 invalid_prompt', async (text) => {
    expect(refusal(await prompt(`{"prompt":{"1":${text}}}`)).error.type).toBe('invalid_prompt');
  });
  test.each(['null', '5', '[]', '{}'])('a class type that is %s: 400', async (text) => {
    expect(refusal(await prompt(`{"prompt":{"1":{"class_type":${text},"inputs":{}}}}`)).error.type).toBe(
      'missing_node_type',
    );
  });
  test.each(['null', '5', '"text"', '[]'])('inputs that are %s: 400', async (text) => {
    const { error } = refusal(await prompt(`{"prompt":{"1":{"class_type":"Echo","inputs":${text}}}}`));
    expect(error.type).toBe('prompt_outputs_failed_validation');
  });
  test.each(['', '{', '{"prompt":', 'prompt={}', '\u0000', '{"prompt":{}} x', "{'prompt':{}}", '{"prompt":{},}'])(
    'a body %j that is no JSON: 400 invalid_json',
    async (text) => {
      expect(refusal(await prompt(text)).error.type).toBe('invalid_json');
    },
  );
  test('a body that is not UTF-8: 400', async () => {
    const body = Buffer.from('{"prompt":{"1":"\xff"}}', 'latin1');
    expect(refusal(await call(`${server.url}/prompt`, { method: 'POST', body })).error.type).toBe('invalid_json');
  });
});

describe('A24: names that objects have already', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  test.each(names)('%s as a node id runs and is found in the history', async (name) => {
    const text = `{"prompt":{${JSON.stringify(name)}:{"class_type":"Echo","inputs":{"text":"${name}"}}},"client_id":"me"}`;
    const { prompt_id: id } = (await prompt(text)).json() as { prompt_id: string };
    expect((await client.end(id)).type).toBe('execution_success');
    expect((await call(`${server.url}/history/${id}`)).text).toContain(`"outputs":{"${name}":{"text":["${name}"]}}`);
  });
  test.each(names)('%s as a class type, an input, a link, a target and a client', async (name) => {
    expect(refusal(await promptOf(one(name))).error.type).toBe('missing_node_type');
    const text = JSON.stringify(name);
    expect(errorTypes(await prompt(`{"prompt":{"1":{"class_type":"Echo","inputs":{${text}:1}}}}`))).toEqual([
      'required_input_missing',
    ]);
    refusal(await prompt(`{"prompt":{"1":{"class_type":"Echo","inputs":{"text":[${text},0]}}}}`));
    refusal(
      await prompt(`{"prompt":{"1":{"class_type":"Echo","inputs":{"text":""}}},"partial_execution_targets":[${text}]}`),
    );
    for (const path of ['object_info', 'history', 'api/jobs']) {
      const { status, text: body } = await call(`${server.url}/${path}/${name}`);
      expect([status, body]).toEqual(path === 'api/jobs' ? [404, '{"error":"Job not found"}'] : [200, '{}']);
    }
  });
  test('as members of the request they change no prototype', async () => {
    await prompt('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prompt":{}}');
    await post(`${server.url}/queue`, '{"__proto__":{"clear":true},"delete":["__proto__"]}');
    await post(`${server.url}/history`, '{"__proto__":{"clear":true}}');
    expect(({} as Data)['polluted']).toBeUndefined();
    await expectToWork();
  });
});

describe('A25: JSON that nests too deep', () => {
  test.each([
    ['as the body', (deep: string) => deep],
    ['as the prompt', (deep: string) => `{"prompt":${deep}}`],
    ['as an input', (deep: string) => `{"prompt":{"1":{"class_type":"Echo","inputs":{"text":${deep}}}}}`],
    [
      'as extra data',
      (deep: string) => `{"prompt":{"1":{"class_type":"Echo","inputs":{"text":""}}},"extra_data":${deep}}`,
    ],
  ])('100 000 levels %s: 400', async (_where, body) => {
    for (const deep of ['['.repeat(100_000) + ']'.repeat(100_000), '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)])
      expect(refusal(await prompt(body(deep))).error.type).toBe('invalid_json');
  });
  test('on every other route that reads JSON: no 5xx', async () => {
    const deep = '['.repeat(100_000);
    for (const path of ['queue', 'history', 'interrupt', 'free', 'api/jobs/cancel', 'settings'])
      expect((await post(`${server.url}/${path}`, deep)).status).toBeLessThan(500);
    await expectToWork();
  });
});

describe('A26: bodies that are too long', () => {
  test('one byte more than the limit: 413 with the limit, whether it was told or not', async () => {
    const body = new Uint8Array(MAX_BODY + 1);
    const told = await call(`${server.url}/prompt`, { method: 'POST', body });
    expect([told.status, told.text]).toEqual([413, `Maximum request body size ${MAX_BODY} exceeded.`]);
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) });
    const endless = call(`${server.url}/prompt`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
    // the connection may be gone before the answer was read
    expect((await endless.catch(() => ({ status: 413 }))).status).toBe(413);
    await expectToWork();
  });
  test('a text of 5 MB is taken and comes back whole', async () => {
    const text = 'é'.repeat(2_500_000);
    const id = await submit(server.url, one('Echo', { text }), { client_id: 'me' });
    await client.end(id);
    const [entry] = Object.values(
      (await call(`${server.url}/history/${id}`)).json() as Record<string, { outputs: Data }>,
    );
    expect((entry!.outputs['1'] as { text: string[] }).text[0] === text).toBe(true);
    await post(`${server.url}/history`, { clear: true });
  });
});

describe('A27: numbers', () => {
  test.each(['1e400', '-1e400', 'NaN', 'Infinity', '-Infinity', '0x10', '01', '1.', '.5', '+1'])(
    '%s: 400 invalid_json',
    async (text) => {
      expect(refusal(await prompt(`{"prompt":{"1":{"class_type":"Echo","inputs":{"text":${text}}}}}`)).error.type).toBe(
        'invalid_json',
      );
    },
  );
  test.each([
    '18446744073709551615',
    '9007199254740993',
    '5.0',
    '-0.0',
    '1e22',
    '0.1',
    '1E5',
    '123456789012345678901234567890',
  ])('%s is echoed as the number it was', async (text) => {
    const body = `{"prompt":{"1":{"class_type":"Echo","inputs":{"text":"x","more":${text}}}},"client_id":"me"}`;
    const { prompt_id: id } = (await prompt(body)).json() as { prompt_id: string };
    await client.end(id);
    const echoed = /"more":([^}]+)\}/.exec((await call(`${server.url}/history/${id}`)).text)![1]!;
    // a float may be written in another way, an integer may not
    if (/^-?\d+$/.test(text)) expect(echoed).toBe(text);
    else expect([Number(echoed), /[.e]/.test(echoed)]).toEqual([Number(text), true]);
  });
});

test.each(['"abc"', 'null', '[]', '"NaN"'])('A28: number %s: 400', async (text) => {
  const body = `{"number":${text},"prompt":{"1":{"class_type":"Echo","inputs":{"text":""}}}}`;
  expect(refusal(await prompt(body)).error.type).toBe('invalid_number');
});

test.each(['"x"', '5', '"0D9A2F5E-1C1B-4B7E-9A8C-2B1F3C4D5E6F"', '"../../etc"'])(
  'A29: prompt_id %s is no UUID: 400',
  async (text) => {
    const body = `{"prompt_id":${text},"prompt":{"1":{"class_type":"Echo","inputs":{"text":""}}}}`;
    expect(refusal(await prompt(body)).error.type).toBe('invalid_prompt_id');
  },
);

describe('A30: links that lead nowhere', () => {
  test.each([
    '["9",0]',
    '["2",1]',
    '["2",1e15]',
    '["2",0.5]',
    '["2","0"]',
    '["2",null]',
    '["2",true]',
    '["2"]',
    '["2",0,0]',
    '[]',
    '[2,0]',
    '[["2",0],0]',
    '[{},0]',
    '["1",0]',
    '["2",18446744073709551615]',
  ])('%s: 400 with the node that holds it', async (link) => {
    const nodes = `"1":{"class_type":"End","inputs":{"value":${link}}},"2":{"class_type":"Step","inputs":{"value":1}}`;
    expect(Object.keys(refusal(await prompt(`{"prompt":{${nodes}}}`)).node_errors)).toContain('1');
  });
});

const chain = (length: number, first: unknown): Graph => {
  const graph: Graph = {};
  for (let at = 0; at < length; at++) {
    graph[`n${at}`] = { class_type: 'Step', inputs: { value: at ? [`n${at - 1}`, 0] : first } };
  }
  graph['end'] = { class_type: 'End', inputs: { value: [`n${length - 1}`, 0] } };
  return graph;
};
const wide = (count: number): Graph =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`n${at}`, { class_type: 'End', inputs: { value: at } }]),
  );

describe('A31: cycles', () => {
  test.each([1, 2, 10_000])('of %i nodes: 400 dependency_cycle', async (length) => {
    const graph = chain(length, [`n${length - 1}`, 0]);
    // a walk that is quadratic, or goes around, runs into the limit of the test
    expect(errorTypes(await promptOf(graph))).toContain('dependency_cycle');
  });
  test('that an expansion makes: execution_error', async () => {
    const graph = {
      1: { class_type: 'FaultCycle', inputs: {} },
      2: { class_type: 'End', inputs: { value: ['1', 0] } },
    };
    const { type, data } = await client.end(await submit(server.url, graph, { client_id: 'me' }));
    expect([type, data['exception_type']]).toEqual(['execution_error', 'graph.DependencyCycleError']);
    await expectToWork();
  });
});

describe('A32: large graphs', () => {
  test.each([
    ['a chain of 100 000', () => chain(100_000, 1)],
    ['100 000 side by side', () => wide(100_000)],
  ])(
    '%s is accepted without recursion, and others are served meanwhile',
    async (_what, graph) => {
      const id = await submit(server.url, graph(), { client_id: 'nobody' });
      // it runs, or waits to: the answer came meanwhile
      expect((await call(`${server.url}/prompt`)).text).toContain(':1}');
      await post(`${server.url}/interrupt`, { prompt_id: id });
      await expect.poll(async () => (await call(`${server.url}/prompt`)).text, { timeout: 60_000 }).toContain(':0}');
      await post(`${server.url}/history`, { clear: true });
    },
    90_000,
  );
  test('one node more than the limit: 400 graph_too_large', async () => {
    expect(refusal(await promptOf(wide(MAX_NODES + 1))).error.type).toBe('graph_too_large');
  });
});

describe('A33: expansions without end', () => {
  test.each([
    ['FaultSelf', `Expansions nest deeper than ${MAX_DEPTH}.`],
    ['FaultDouble', `Expansion added more than ${MAX_ADDED} nodes to the prompt.`],
  ])(
    '%s: execution_error, while others are served',
    async (classType, reason) => {
      const graph: Graph = one(classType);
      if (classType === 'FaultDouble') graph['2'] = { class_type: 'End', inputs: { value: ['1', 0] } };
      const id = await submit(server.url, graph, { client_id: 'nobody' });
      // it is still there: the answer came meanwhile
      expect((await call(`${server.url}/queue`)).text).toContain(id);
      await expect.poll(async () => (await call(`${server.url}/prompt`)).text, { timeout: 60_000 }).toContain(':0}');
      const { text } = await call(`${server.url}/history/${id}`);
      // whole, it would fill the terminal when this fails
      const [status] = /"status_str":"\w+"/.exec(text) ?? [];
      const [message] = /(?<="exception_message":")[^"\\]+/.exec(text) ?? [];
      expect({ status, message }).toEqual({ status: '"status_str":"error"', message: reason });
      await post(`${server.url}/history`, { clear: true });
      await expectToWork();
    },
    90_000,
  );
});

describe('A42: requests that are read in two ways', () => {
  const head = 'POST /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\n';
  test.each([
    ['both lengths', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length that is none', `${head}Content-Length: 2a\r\n\r\n{}`],
    ['a chunk that is none', `${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
    ['chunked not last', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `${head}X : 1\r\nContent-Length: 0\r\n\r\n`],
    ['a folded header', `${head}X: 1\r\n 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['a header with NUL', `${head}X: \0\r\n\r\n`],
    ['no host', 'GET /prompt HTTP/1.1\r\n\r\n'],
    ['headers of 64 kB', `${head}X: ${'x'.repeat(65_536)}\r\n\r\n`],
    ['a version that is none', 'GET /prompt HTTP/9.9\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ])('%s: refused, and the connection is closed', async (_what, bytes) => {
    const got = await raw(bytes);
    expect(got).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(got.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
  test('bare line feeds never end the headers of a second request', async () => {
    expect(
      await raw('GET /prompt HTTP/1.1\nHost: 127.0.0.1\n\nGET /queue HTTP/1.1\nHost: 127.0.0.1\n\n'),
    ).not.toContain('queue_running');
  });
});

describe('A44: windows of the history', () => {
  test.each([
    ['max_items=-1', 200],
    ['max_items=0', 200],
    ['max_items=999999999', 200],
    ['offset=-5', 200],
    ['offset=999999999', 200],
    ['max_items=abc', 400],
    ['max_items=1e9', 400],
    ['max_items=', 400],
    ['offset=0.5', 400],
    ['offset=99999999999999999999', 400],
    ['max_items=1&max_items=2', 400],
  ])('?%s: %i', async (query, status) => {
    const answer = await call(`${server.url}/history?${query}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.json()).toBeTypeOf('object');
  });
});

describe('A45: results that are too large', () => {
  test('a node that shows 30 MB: its prompt ends, lists stay small, and the server works', async () => {
    const id = await submit(server.url, one('FaultShow', { megabytes: 30 }), { client_id: 'nobody' });
    await expect
      .poll(async () => (await call(`${server.url}/api/jobs?status=completed,failed`)).text, { timeout: 60_000 })
      .toContain(id);
    expect((await call(`${server.url}/api/jobs`)).text.length).toBeLessThan(100_000);
    await post(`${server.url}/history`, { delete: [id] });
    await expectToWork();
  }, 90_000);
});

describe('A41: slow and idle peers', () => {
  test('500 connections that say nothing delay nobody', async () => {
    const idle = Array.from({ length: 500 }, connectRaw);
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    await expect(expectToWork()).resolves.toBeUndefined();
    for (const socket of idle) socket.destroy();
  });
  test('a body that comes byte by byte holds nothing but its own connection', async () => {
    const slow = connectRaw();
    slow.write('POST /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{');
    await expect(expectToWork()).resolves.toBeUndefined();
    slow.destroy();
  });
  test('headers that do not end are given up after ten seconds', async () => {
    let text = '';
    slowHeaders.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    if (!slowHeaders.destroyed) await once(slowHeaders, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 408 |^$/);
  });
});
