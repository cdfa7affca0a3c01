/** What the server is and which nodes it has. */
import { totalmem } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { sendJsonText } from '../http/answers.ts';

/** The version of the reference whose behaviour we have. */
export const REFERENCE_VERSION = '0.33.0';

export interface InfoRouteOptions {
  readonly catalogue: Catalogue;
  readonly featuresText: string;
  readonly version: string;
  /** Bytes of memory that programs can still get. */
  readonly availableMemory: () => number;
}

/** What the server offers, for `feature_flags` and `GET /features`. */
export function features(
  maxUploadBytes: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    ...more,
    supports_preview_metadata: true,
    supports_model_type_tags: true,
    max_upload_size: maxUploadBytes,
    extension: { manager: { supports_v4: true } },
    node_replacements: true,
    assets: false,
    supports_takeover_close: true,
  };
}

export function infoRoutes(
  app: FastifyInstance,
  { catalogue, featuresText, version, availableMemory }: InfoRouteOptions,
): void {
  app.get('/features', (_request, reply) => sendJsonText(reply, featuresText));

  app.get('/object_info', async (_request, reply) => {
    await catalogue.refresh();
    return sendJsonText(reply, catalogue.toText());
  });
  app.get<{ Params: { classType: string } }>('/object_info/:classType', async (request, reply) => {
    const { classType } = request.params;
    await catalogue.refresh([classType]);
    return sendJsonText(reply, catalogue.toText(classType));
  });

  app.get('/system_stats', (_request, reply) => {
    const [total, free] = [totalmem(), availableMemory()];
    const system = {
      os: process.platform,
      ram_total: total,
      ram_free: free,
      comfyui_version: REFERENCE_VERSION,
      required_frontend_version: null,
      installed_templates_version: null,
      required_templates_version: null,
      // shown by front ends where they would show Python's
      python_version: `none (snug ${version}, Node ${process.version})`,
      pytorch_version: 'none',
      embedded_python: false,
      // the command line of a server is not for everybody who can reach it
      comfy_package_versions: [],
      argv: ['snug'],
    };
    const memory = { vram_total: total, vram_free: free, torch_vram_total: total, torch_vram_free: free };
    return sendJsonText(
      reply,
      JSON.stringify({ system, devices: [{ name: 'cpu', type: 'cpu', index: null, ...memory }] }),
    );
  });
}
