/** Workflows that lie on the server, where ComfyUI's own front end keeps them too. */
import type { Client } from '@snug/client';

export interface ServerWorkflow {
  /** Below the folder of workflows, as `portraits/red.json`. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

const FOLDER = 'workflows';
const routeOf = (path: string): string => `/userdata/${encodeURIComponent(`${FOLDER}/${path}`)}`;

/** Newest first. @throws {ClientError} */
export async function listWorkflows(client: Client): Promise<ServerWorkflow[]> {
  const answer = await client.request('/userdata', {
    query: { dir: FOLDER, recurse: 'true', split: 'false', full_info: 'true' },
  });
  const files = Array.isArray(answer) ? (answer as unknown[]) : [];
  return files
    .flatMap((file) => {
      const { path, size, modified } = file as { path?: unknown; size?: unknown; modified?: unknown };
      if (typeof path !== 'string' || !path.endsWith('.json')) return [];
      return [{ path, bytes: Number(size), modified: Number(modified) }];
    })
    .sort((a, b) => b.modified - a.modified);
}

/** @throws {ClientError} */
export const readWorkflow = (client: Client, path: string): Promise<unknown> => client.request(routeOf(path));

/** Replaces what is there. @throws {ClientError} */
export async function saveWorkflow(client: Client, path: string, text: string): Promise<void> {
  await client.request(routeOf(path), { method: 'POST', query: { overwrite: 'true' }, body: text });
}

/** What a file may be called everywhere. */
export function fileNameOf(name: string): string {
  const safe = name
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  return `${safe.replace(/\.json$/i, '') || 'workflow'}.json`;
}
