import { isApiPrompt, parseWorkflow, workflowToPrompt } from '@snug/graph';
import { parseJson, stringifyJson, toPlain } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../src/catalogue/index.ts';
import { readCatalogue } from '../../src/catalogue/index.ts';
import { openWorkflow, writeWorkflow } from '../../src/document/index.ts';
import { exampleCatalogue, fixtureCatalogue, lost, opened, photoPrompt, workflowFiles } from './workflow-files.ts';

function promptOf(workflow: Json, { descriptions }: Catalogue): JsonObject {
  const parsed = parseWorkflow(workflow);
  if (Array.isArray(parsed)) throw new Error(JSON.stringify(parsed));
  const conversion = workflowToPrompt(parsed, descriptions);
  if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
  return conversion.prompt;
}

describe('workflow files', () => {
  test('there are at least nine', () => expect(workflowFiles.length).toBeGreaterThanOrEqual(9));

  test.each(workflowFiles)('$name: nothing is lost on the way through the editor', ({ workflow, catalogue }) => {
    const written = writeWorkflow(opened(workflow, catalogue));
    // the fixtures hold links that lead nowhere, and lists of links that are not kept up
    const missing = lost(workflow, written).filter((path) => !/\/(?:linkIds|links|link)(?:#|\/|$)/.test(path));
    expect(missing).toEqual([]);
  });

  test.each(workflowFiles)('$name: what was written opens as the same document', ({ workflow, catalogue }) => {
    const document = opened(workflow, catalogue);
    const again = opened(parseJson(stringifyJson(writeWorkflow(document))), catalogue);
    expect(again).toEqual(document);
  });

  test.each(workflowFiles)('$name: runs as the file itself does', ({ workflow, catalogue }) => {
    const written = writeWorkflow(opened(workflow, catalogue));
    const [mine, theirs] = [promptOf(written, catalogue), promptOf(workflow, catalogue)];
    expect(toPlain(mine)).toEqual(toPlain(theirs));
    expect([...mine.keys()]).toEqual([...theirs.keys()]);
  });

  test.each(workflowFiles)('$name: widgets hold what the prompt holds', ({ workflow, catalogue }) => {
    const document = opened(workflow, catalogue);
    let compared = 0;
    for (const [id, node] of promptOf(workflow, catalogue)) {
      const held = document.root.nodes.get(id);
      const inputs = toPlain((node as JsonObject).get('inputs')!) as Record<string, unknown>;
      for (const [name, value] of Object.entries(inputs)) {
        const link = [...document.root.links.values()].find(({ to }) => to.node === id && to.input === name);
        if (!held || link) continue;
        const isList = typeof value === 'object' && value !== null && '__value__' in value;
        expect(held.values.get(name), `${id}.${name}`).toEqual(isList ? value.__value__ : value);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });

  test('a file of photographs is written exactly as it was', () => {
    const { workflow } = workflowFiles.at(-1)!;
    const written = writeWorkflow(opened(workflow, exampleCatalogue));
    expect(toPlain(written)).toEqual(toPlain(workflow));
    expect(lost(written, workflow)).toEqual([]);
  });

  test('a file opens without knowing any class, and learns the names later', () => {
    const { workflow } = workflowFiles.at(-1)!;
    const blind = opened(workflow, readCatalogue({}));
    expect(blind.root.nodes.get('2')?.values.size).toBe(0);
    expect(lost(workflow, writeWorkflow(blind))).toEqual([]);
    expect(opened(writeWorkflow(blind), exampleCatalogue)).toEqual(opened(workflow, exampleCatalogue));
  });
});

describe('prompts in API form', () => {
  test('run as they are, in the order of the source', () => {
    expect(isApiPrompt(photoPrompt)).toBe(true);
    const document = opened(photoPrompt, exampleCatalogue, 'new');
    expect(toPlain(promptOf(writeWorkflow(document), exampleCatalogue))).toEqual(toPlain(photoPrompt));
    expect(opened(writeWorkflow(document), exampleCatalogue)).toEqual(document);
  });

  test('are laid out: what feeds a node stands left of it', () => {
    const { nodes, links } = opened(photoPrompt, exampleCatalogue).root;
    for (const { from, to } of links.values()) {
      expect(nodes.get(from.node)!.position.x).toBeLessThan(nodes.get(to.node)!.position.x);
    }
    expect(links.size).toBe(8);
  });

  test('keep large seeds, and do not draw others', () => {
    const text = '{"a:1":{"class_type":"RandomNoise","inputs":{"noise_seed":18446744073709551615}}}';
    const document = opened(text, fixtureCatalogue);
    const [node] = document.root.nodes.values();
    expect(node).toMatchObject({ id: '1', controls: new Map([['noise_seed', 'fixed']]) });
    expect(node!.values.get('noise_seed')).toBe(18446744073709551615n);
    expect(stringifyJson(writeWorkflow(document))).toContain('[18446744073709551615,"fixed"]');
  });

  test('with unknown classes keep their values by name', () => {
    const text = '{"1":{"class_type":"Nowhere","inputs":{"a":5,"b":["2",3]}},"2":{"class_type":"Nothing","inputs":{}}}';
    const document = opened(text, fixtureCatalogue);
    expect(document.root.nodes.get('1')?.values).toEqual(new Map([['a', 5]]));
    expect(document.root.nodes.get('2')?.outputs).toHaveLength(4);
    expect(opened(writeWorkflow(document), fixtureCatalogue)).toEqual(document);
  });
});

test.each(['{', 'null', '[]', '{}', '"text"', '{"nodes":[{"id":1}]}'])('%s is refused with a reason', (text) => {
  const result = openWorkflow(text, fixtureCatalogue);
  expect(result.kind).toBe('refused');
  expect(result.kind === 'refused' && result.problems.length).toBeGreaterThan(0);
});
