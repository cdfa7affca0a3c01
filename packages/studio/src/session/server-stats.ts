/** What the server tells of itself. */
import type { Client } from '@snug/client';

export interface ServerStats {
  readonly version: string;
  /** The machine's own has no name. */
  readonly memory: readonly { readonly name: string; readonly usedBytes: number; readonly totalBytes: number }[];
  readonly missing: readonly ('resume' | 'workflows' | 'previews')[];
}

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** @throws {ClientError} */
export async function readServerStats(client: Client): Promise<ServerStats> {
  const [stats, features] = await Promise.all([client.systemStats(), client.features()]);
  const system = membersOf(stats['system']);
  const devices = Array.isArray(stats['devices']) ? (stats['devices'] as unknown[]) : [];
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const memory = (name: string, total: unknown, free: unknown): ServerStats['memory'] =>
    typeof total === 'number' && typeof free === 'number' && total > 0
      ? [{ name, totalBytes: total, usedBytes: Math.max(0, total - free) }]
      : [];
  const missing: ServerStats['missing'][number][] = [];
  if (client.connection.cursor === undefined) missing.push('resume');
  if (features['supports_preview_metadata'] !== true) missing.push('previews');
  return {
    version: versionOf(text(system['comfyui_version']), text(system['python_version'])),
    memory: [
      ...memory('', system['ram_total'], system['ram_free']),
      // a device that is the machine itself would say the same again
      ...devices
        .map(membersOf)
        .flatMap((device) =>
          device['type'] === 'cpu' ? [] : memory(text(device['name']), device['vram_total'], device['vram_free']),
        ),
    ],
    missing,
  };
}

/** Snug says what it is where others tell their Python. */
function versionOf(comfy: string, python: string): string {
  const own = /^none \((.*)\)$/.exec(python)?.[1];
  return own === undefined ? `ComfyUI ${comfy}, Python ${python}` : `${own} (ComfyUI ${comfy})`;
}
