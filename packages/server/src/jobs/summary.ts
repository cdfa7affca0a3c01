/** What jobs say about outputs: how many, which one to show, and in the detail view all of them. */
import { parseJson, stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';

type Item = Record<string, unknown>;

export interface OutputSummary {
  readonly outputs_count: number;
  readonly previewable_outputs_count: number;
  readonly preview_output?: Item | undefined;
}

const MEDIA_KEYS = new Set(['images', 'video', 'audio', '3d', 'text']);
const MODEL_FILE = /\.(?:obj|fbx|gltf|glb|usdz)$/i;
/** Most outputs have neither: they need no second look. */
const MAY_CHANGE = /null|\.(?:obj|fbx|gltf|glb|usdz)"/i;
const TEXT_FILE = /\.(?:txt|md|json)$/i;
const MEDIA_FORMAT = /^(?:video|audio)\//;
/** What nodes show may nest deeper than what clients send. */
const MAX_DEPTH = 5000;
/** Longer texts are cut in a list of jobs. */
const MAX_TEXT = 1024;

/** Best first: what was saved, then what was only shown, then files of text, then bare text. */
const RANKS = ['saved-media', 'media', 'saved-text', 'text'] as const;
type Rank = (typeof RANKS)[number];

/** An output as an object: names of 3D files are spelt out; other texts are no files. */
export function outputItem(value: unknown): Item | undefined {
  if (typeof value === 'string')
    return MODEL_FILE.test(value) ? { filename: value, type: 'output', subfolder: '' } : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : undefined;
}

const textOf = (item: Item, key: string): string => (typeof item[key] === 'string' ? item[key] : '');

function isTextFile(item: Item): boolean {
  return TEXT_FILE.test(textOf(item, 'filename'));
}

/** Whether a person can be shown the item. */
export function isPreviewable(mediaType: string, item: Item): boolean {
  if (MEDIA_KEYS.has(mediaType) || MEDIA_FORMAT.test(textOf(item, 'format'))) return true;
  return MODEL_FILE.test(textOf(item, 'filename')) || isTextFile(item);
}

function rankOf(item: Item): Rank {
  if (isTextFile(item) && !MEDIA_FORMAT.test(textOf(item, 'format'))) return 'saved-text';
  return item['type'] === 'output' ? 'saved-media' : 'media';
}

/** Names of 3D files spelt out and empty places left out, as the detail view of a job has it. */
export function normaliseOutputs(outputsText: string): string {
  if (!MAY_CHANGE.test(outputsText)) return outputsText;
  const nodes = parseJson(outputsText, { maxDepth: MAX_DEPTH });
  if (!(nodes instanceof Map)) return outputsText;
  for (const output of nodes.values()) {
    if (!(output instanceof Map)) continue;
    for (const [mediaType, values] of output) {
      if (mediaType !== 'animated' && Array.isArray(values)) output.set(mediaType, values.flatMap(normaliseItem));
    }
  }
  return stringifyJson(nodes);
}

function normaliseItem(value: Json): Json[] {
  if (value === null) return [];
  const file = typeof value === 'string' ? outputItem(value) : undefined;
  return [file ? new Map(Object.entries(file) as [string, Json][]) : value];
}

/** @param outputs what nodes showed, as JSON text by node id */
export function summariseOutputs(outputs: ReadonlyMap<string, string>): OutputSummary {
  let count = 0;
  let previewable = 0;
  const best = new Map<Rank, Item>();
  const offer = (rank: Rank, item: Item): void => {
    if (!best.has(rank)) best.set(rank, item);
  };
  for (const [nodeId, outputText] of outputs) {
    const output = JSON.parse(outputText) as Record<string, unknown>;
    for (const [mediaType, values] of Object.entries(output)) {
      if (mediaType === 'animated' || !Array.isArray(values)) continue;
      for (const value of values as unknown[]) {
        const item = outputItem(value);
        if (item) {
          count++;
          if (!isPreviewable(mediaType, item)) continue;
          previewable++;
          offer(rankOf(item), { ...item, nodeId, mediaType });
        } else if (mediaType === 'text' && typeof value === 'string') {
          const cut = value.length > MAX_TEXT ? { truncated: true } : {};
          offer('text', { content: value.slice(0, MAX_TEXT), ...cut, nodeId, mediaType });
        }
      }
    }
  }
  const preview = RANKS.map((rank) => best.get(rank)).find(Boolean);
  return {
    outputs_count: count,
    previewable_outputs_count: previewable,
    ...(preview ? { preview_output: preview } : {}),
  };
}
