import { readdirSync, readFileSync } from 'node:fs';
import { asObject, parseJson, stringifyJson, toPlain } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { parseWorkflow, workflowToPrompt } from '../src/workflow/index.ts';

const folder = new URL('fixtures/workflows/', import.meta.url);
const read = (name: string): JsonObject => asObject(parseJson(readFileSync(new URL(name, folder), 'utf8')))!;
const descriptions = read('object-info.json') as Map<string, NodeDescription>;
const names = readdirSync(folder).filter((name) => name !== 'object-info.json');

describe('saved workflows', () => {
  test('there are at least eight', () => expect(names.length).toBeGreaterThanOrEqual(8));

  test.each(names)('%s converts to the prompt beside it, in order and with every number as it was', (name) => {
    const fixture = read(name);
    const workflow = parseWorkflow(fixture.get('workflow')!);
    if (Array.isArray(workflow)) throw new Error(JSON.stringify(workflow));
    const conversion = workflowToPrompt(workflow, descriptions);
    if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
    expect(stringifyJson(conversion.prompt, { indent: 1 })).toBe(stringifyJson(fixture.get('prompt')!, { indent: 1 }));
    const warnings = conversion.warnings.map(({ nodeId, type }) => ({ nodeId, type }));
    expect(warnings).toEqual(toPlain(fixture.get('warnings') as Json));
  });

  test.each(names)('%s is kept whole: the source of what was read is the file', (name) => {
    const json = read(name).get('workflow')!;
    const workflow = parseWorkflow(json);
    expect(Array.isArray(workflow) ? workflow : workflow.source).toBe(json);
  });
});
