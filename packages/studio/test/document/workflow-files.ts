/** Workflow files that tests open: our examples, and those that conversion is tested with. */
import { readdirSync, readFileSync } from 'node:fs';
import { asObject, Float, parseJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { readCatalogue } from '../../src/catalogue/index.ts';
import type { Catalogue } from '../../src/catalogue/index.ts';
import { openWorkflow } from '../../src/document/index.ts';
import type { WorkflowDocument } from '../../src/document/index.ts';

const fixtures = new URL('../../../graph/test/fixtures/workflows/', import.meta.url);
const examples = new URL('../../../../examples/', import.meta.url);

export const readJson = (url: URL): JsonObject => asObject(parseJson(readFileSync(url, 'utf8')))!;

export interface WorkflowFile {
  readonly name: string;
  readonly workflow: JsonObject;
  readonly catalogue: Catalogue;
}

/** Nodes of the files below. */
export const fixtureCatalogue = readCatalogue(readJson(new URL('object-info.json', fixtures)));
/** Nodes that the examples use, as their server describes them. */
export const exampleCatalogue = readCatalogue(readJson(new URL('photo-object-info.json', import.meta.url)));

const named = readdirSync(fixtures).filter((name) => name !== 'object-info.json');

export const workflowFiles: readonly WorkflowFile[] = [
  ...named.map((name) => ({
    name,
    workflow: asObject(readJson(new URL(name, fixtures)).get('workflow'))!,
    catalogue: fixtureCatalogue,
  })),
  { name: 'photo-ui.json', workflow: readJson(new URL('photo-ui.json', examples)), catalogue: exampleCatalogue },
];

export const photoPrompt = readJson(new URL('photo.json', examples));

export function opened(source: unknown, catalogue: Catalogue, id?: string): WorkflowDocument {
  const result = openWorkflow(source, catalogue, id);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.document;
}

/** What is not in `written` of `source`, as paths. Whole floats, empty lists of links and nothing are the same. */
export function lost(source: Json, written: Json | undefined, path = ''): string[] {
  if (source instanceof Map) {
    const other = asObject(written);
    if (!other) return source.size ? [path] : [];
    return [...source].flatMap(([key, value]) => lost(value, other.get(key), `${path}/${key}`));
  }
  if (Array.isArray(source)) {
    if (!Array.isArray(written)) return source.length ? [path] : [];
    if (source.length !== written.length) return [`${path}#${source.length}:${written.length}`];
    return source.flatMap((item, at) => lost(item, written[at], `${path}/${at}`));
  }
  const plain = (value: Json | undefined): unknown => (value instanceof Float ? value.value : (value ?? null));
  return plain(source) === plain(written) ? [] : [path];
}
