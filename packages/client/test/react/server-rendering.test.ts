/** On a server, components render what they show before anything is known, and nothing is sent. */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/create-client.ts';
import { ComfyProvider, useClient } from '../../src/react/index.ts';
import { App } from './app.tsx';
import type { Scene } from './app.tsx';

const asked: string[] = [];
const client = createClient({
  url: 'http://x',
  fetch: () => {
    asked.push('a request');
    return Promise.reject(new Error('nobody asks on a server'));
  },
  openSocket: ({ url }) => {
    asked.push(url);
    throw new Error('nobody connects on a server');
  },
});
const render = (scene: Scene): string => renderToString(createElement(App, { client, scene }));

const RUN: Scene = { kind: 'run', classes: ['Text'], options: { persist: 'x', runOnMount: true } };

describe('on a server', () => {
  test('everything is idle, and nothing is sent', async () => {
    expect(render(RUN)).toContain('<output>idle</output>');
    expect(render({ kind: 'job', job: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' })).toContain('<output>idle</output>');
    const server = render({ kind: 'server' });
    expect(server).toContain('<span id="phase">idle</span>');
    expect(server).toContain('<span id="queue">unknown</span>');
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([]);
    expect(client.listened).toEqual([]);
    expect(client.jobs).toEqual([]);
  });

  test('a client is missing where there is no provider', () => {
    const Lonely = () => useClient().url;
    expect(() => renderToString(createElement(Lonely))).toThrow(expect.objectContaining({ code: 'invalid_option' }));
    const within = createElement(ComfyProvider, { client }, createElement(Lonely));
    expect(renderToString(within)).toBe('http://x');
  });
});
