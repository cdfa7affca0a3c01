/** Drawings as SVG text, and saving them. */
import { defineNode, input, output, socket, withUi } from '@snug/node-kit';
import type { SavedFile, Socket } from '@snug/node-kit';
import { fileMetadata } from '../files/metadata.ts';
import type { TextEntry } from '../files/png-text.ts';
import { writeNext } from './save-series.ts';

/** Drawings: the text of one SVG document each. */
export interface Svg {
  readonly documents: readonly string[];
}

export const SVG: Socket<Svg> = socket('SVG', (value) => Array.isArray((value as Svg | undefined)?.documents));

const saveSvg = defineNode({
  type: 'SaveSVGNode',
  displayName: 'Save SVG',
  category: 'image',
  description: 'Saves drawings as SVG files in the output folder.',
  searchAliases: ['export svg', 'save vector'],
  form: 'schema',
  outputNode: true,
  inputs: {
    svg: input.of(SVG),
    filename_prefix: input.string({ default: 'svg/ComfyUI' }),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { svg: output.of(SVG) },
  async run({ svg, filename_prefix, ...info }, context) {
    const metadata = fileMetadata(info, context);
    const series = await context.files.series(filename_prefix);
    const saved: SavedFile[] = [];
    for (const [index, document] of svg.documents.entries()) {
      context.throwIfInterrupted();
      const text = withMetadata(document, metadata);
      saved.push(await writeNext(series, { extension: 'svg', batchNumber: index }, Buffer.from(text, 'utf8'), context));
    }
    return withUi({ images: saved }, { svg });
  },
});

/** What may stand before the root element: byte order mark, declarations, comments, a document type. */
const PROLOG = /^\uFEFF?(?:\s|<\?[^]*?\?>|<!--[^]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*/;
const ROOT_TAG = /<svg(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?>/y;

/** The entries as one JSON object behind the root tag; a document without such a tag stays as it is. */
export function withMetadata(document: string, entries: readonly TextEntry[]): string {
  if (!entries.length) return document;
  ROOT_TAG.lastIndex = PROLOG.exec(document)?.[0].length ?? 0;
  const tag = ROOT_TAG.exec(document)?.[0];
  if (!tag || tag.endsWith('/>')) return document;
  const json = [...new Map(entries)].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',');
  // the end mark of the section can only stand inside a string, where an escape means the same
  const safe = `{${json}}`.replaceAll(']]>', ']]\\u003e');
  const end = ROOT_TAG.lastIndex;
  return `${document.slice(0, end)}<metadata><![CDATA[${safe}]]></metadata>${document.slice(end)}`;
}

export const svgNodes = [saveSvg];
