import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentName, digestInPieces } from '../src/content-name.ts';
import { createClient } from '../src/node.ts';
import type { NodeClient } from '../src/node.ts';

interface Received {
  readonly path: string;
  readonly fields: Record<string, string>;
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** A server that takes files, gives them another name, and hands out what it is asked for. */
async function serve(features: object = {}): Promise<{ client: NodeClient; received: Received[]; folder: string }> {
  const received: Received[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url!, 'http://x');
    if (url.pathname === '/api/features') return response.end(JSON.stringify(features));
    if (url.pathname === '/api/view') {
      if (url.searchParams.get('filename') === 'missing') return response.writeHead(404).end();
      return response.end(`bytes of ${url.searchParams.get('filename')}`);
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const form = await new Response(Buffer.concat(parts), {
      headers: { 'content-type': request.headers['content-type']! },
    }).formData();
    const file = form.get('image') as File;
    const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')) as Record<
      string,
      string
    >;
    received.push({ path: url.pathname, fields, filename: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    return response.end(
      JSON.stringify({ name: `stored ${file.name}`, subfolder: fields['subfolder'], type: fields['type'] }),
    );
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'snug-files-'));
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { client, received, folder };
}

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);

describe('an upload', () => {
  it('has the name of its content, and goes by the name that the server gives', async () => {
    const { client, received } = await serve();
    const file = await client.upload(new Blob([png], { type: 'image/png' }));
    const name = `${createHash('sha256').update(png).digest('hex').slice(0, 32)}.png`;
    expect(received).toMatchObject([{ path: '/api/upload/image', filename: name, fields: { type: 'input' } }]);
    expect(received[0]?.bytes).toEqual(png);
    expect(file.filename).toBe(`stored ${name}`);
    expect(file.inputValue).toBe(`stored ${name}`);
  });

  it('has the name, place and kind that are asked for', async () => {
    const { client, received } = await serve();
    const options = { name: 'a "b".png', subfolder: 's', folder: 'temp', overwrite: true };
    const file = await client.upload(png, options);
    expect(received[0]).toMatchObject({
      filename: 'a "b".png',
      fields: { subfolder: 's', type: 'temp', overwrite: 'true' },
    });
    expect(file.inputValue).toBe('s/stored a "b".png [temp]');
  });

  it('is the mask of another file', async () => {
    const { client, received } = await serve();
    await client.upload(png, { name: 'm.png', maskOf: { filename: 'o.png', subfolder: '', folder: 'output' } });
    expect(received[0]?.path).toBe('/api/upload/mask');
    expect(JSON.parse(received[0]!.fields['original_ref']!)).toEqual({
      filename: 'o.png',
      subfolder: '',
      type: 'output',
    });
  });

  it.each(['ArrayBuffer', 'stream', 'path', 'File'])('comes from a %s', async (kind) => {
    const { client, received, folder } = await serve();
    const path = join(folder, 'Photo.PNG');
    writeFileSync(path, png);
    const sources = { ArrayBuffer: png.buffer, stream: new Blob([png]).stream(), path, File: new File([png], 'x.png') };
    await client.upload(sources[kind as keyof typeof sources]);
    expect(received[0]?.bytes).toEqual(png);
    expect(received[0]?.filename).toMatch(
      kind === 'path' || kind === 'File' ? /^[0-9a-f]{32}\.png$/ : /^[0-9a-f]{32}\.bin$/,
    );
  });

  it('that is too large is not sent', async () => {
    const { client, received } = await serve({ max_upload_size: 5000.5 });
    const large = new Uint8Array(6000);
    await expect(client.upload(large)).rejects.toMatchObject({ code: 'too_large' });
    expect(received).toHaveLength(0);
  });

  it('tells how much is sent', async () => {
    const { client, received } = await serve();
    const told: number[] = [];
    const bytes = new Uint8Array(300_000).fill(7);
    await client.upload(bytes, {
      name: 'x.bin',
      onProgress: ({ sentBytes, totalBytes }) => told.push(sentBytes / totalBytes),
    });
    expect(received[0]?.bytes.length).toBe(300_000);
    expect(told[0]).toBe(0);
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});

describe('a file of the server', () => {
  const place = { filename: 'é.txt', subfolder: '', folder: 'output' };
  it('is read whole, as a blob, and as a stream', async () => {
    const { client } = await serve();
    const file = client.file(place);
    expect(new TextDecoder().decode(await file.bytes())).toBe('bytes of é.txt');
    expect(await (await file.blob()).text()).toBe('bytes of é.txt');
    expect(await new Response(file.stream()).text()).toBe('bytes of é.txt');
    expect(await (await fetch(file.url())).text()).toBe('bytes of é.txt');
  });
  it('that is missing is an error when it is read', async () => {
    const { client } = await serve();
    const file = client.file({ ...place, filename: 'missing' });
    await expect(file.bytes()).rejects.toMatchObject({ status: 404 });
    await expect(new Response(file.stream()).text()).rejects.toMatchObject({ status: 404 });
  });
  it('is not asked for before somebody reads the stream', async () => {
    const { client } = await serve();
    const stream = client.file({ ...place, filename: 'missing' }).stream();
    await stream.cancel();
    expect(stream.locked).toBe(false);
  });
});

describe('the name of a content', () => {
  it('is its SHA-256, with and without the help of the platform', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const hex = createHash('sha256').update(bytes).digest('hex');
        expect(Buffer.from(await digestInPieces(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toString('hex')).toBe(
          hex,
        );
        expect(await contentName(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toBe(hex.slice(0, 32));
      }),
    );
  });
});
