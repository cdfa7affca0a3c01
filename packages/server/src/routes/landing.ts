/** The page at `/` of a server without a front end: says what this is and how to go on. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface LandingOptions {
  readonly version: string;
  readonly nodeCount: () => number;
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
  h1 { font-size: 1.6rem; margin-bottom: 0.2em; }
  code { font: 0.95em ui-monospace, monospace; padding: 0.1em 0.35em; border-radius: 4px; background: #8882; }
  li { margin: 0.5em 0; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`;

export function landingRoute(app: FastifyInstance, { version, nodeCount }: LandingOptions): void {
  app.get('/', (_request, reply) =>
    reply
      .headers({
        'content-security-policy': POLICY,
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
      })
      .send(page(version, nodeCount())),
  );
}

const page = (version: string, nodes: number): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Snug</title>
<style>${STYLE}</style>
<h1>Snug is running</h1>
<p>Version ${version}, ${nodes} nodes. It speaks ComfyUI's protocol at this address.</p>
<ul>
  <li>Run a workflow: <code>npx snug run examples/photo.json</code></li>
  <li>See the nodes: <a href="/object_info">/object_info</a>, or <code>npx snug nodes</code></li>
  <li>Use ComfyUI's own front end: start the server with <code>--front-end-root DIR</code></li>
</ul>
</html>
`;
