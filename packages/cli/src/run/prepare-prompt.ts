/** From a file to a prompt that can be submitted, or to everything that is wrong with it. */
import { applyInputs, nodeTitle, workflowToPrompt } from '@snug/graph';
import type { WorkflowProblem } from '@snug/graph';
import { asObject, JsonError, parseJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { FlagError } from '../flags.ts';
import { bringInputFiles } from './input-files.ts';
import type { PromptHost, PromptJob, Refusal } from './prompt-host.ts';
import type { WorkflowFile } from './workflow-file.ts';

export type Prepared =
  | { readonly kind: 'ready'; readonly job: PromptJob; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/**
 * `6.text=a cat` as an address and a value: JSON when it can be read as JSON, else the text.
 * @throws {FlagError}
 */
export function parseSet(text: string): [address: string, value: Json] {
  const at = text.indexOf('=');
  if (at < 1) throw new FlagError(`--set needs <node>.<input>=<value>, as in --set 6.text="a cat", not ${text}.`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), parseJson(value)];
  } catch (error) {
    if (error instanceof JsonError) return [text.slice(0, at), value];
    throw error;
  }
}

export async function preparePrompt(
  file: WorkflowFile,
  sets: ReadonlyMap<string, Json>,
  descriptions: ReadonlyMap<string, NodeDescription>,
  bring: PromptHost['bring'],
): Promise<Prepared> {
  const warnings: string[] = [];
  let prompt: JsonObject;
  let workflow: JsonObject | undefined;
  if (file.graph.kind === 'prompt') ({ prompt } = file.graph);
  else {
    // as a press of the front end's button does, but for what its buttons change between two presses
    const converted = workflowToPrompt(file.graph.workflow, descriptions, { random: Math.random });
    if (converted.kind === 'refused') return refusedFor(converted.problems, undefined);
    ({ prompt } = converted);
    workflow = file.graph.workflow.source;
    warnings.push(...converted.warnings.map(({ message }) => message));
  }
  const set = applyInputs(prompt, sets, { descriptions });
  if (Array.isArray(set)) return refusedFor(set, prompt);
  const folders = [...new Set([file.folder, process.cwd()])];
  await bringInputFiles(set, { descriptions, folders, trusted: new Set(sets.keys()), bring });
  return { kind: 'ready', job: { prompt: set, workflow }, warnings };
}

function refusedFor(problems: readonly WorkflowProblem[], prompt: JsonObject | undefined): Prepared {
  const refusals = problems.map(({ nodeId, message }) => {
    return { node: nodeId, classType: prompt ? nodeClass(prompt, nodeId) : '', input: '', reason: message };
  });
  return { kind: 'refused', refusals };
}

/** The class of a node; empty for one that is not there. */
export function nodeClass(prompt: JsonObject, id: string): string {
  const classType = asObject(prompt.get(id))?.get('class_type');
  return typeof classType === 'string' ? classType : '';
}

/** What a person calls a node: its title, else the name of its class. */
export function nodeLabel(prompt: JsonObject, id: string, descriptions: ReadonlyMap<string, NodeDescription>): string {
  const node = asObject(prompt.get(id));
  const classType = nodeClass(prompt, id);
  if (!node || !classType) return id;
  const displayName = descriptions.get(classType)?.get('display_name');
  return nodeTitle(node) ?? (typeof displayName === 'string' && displayName ? displayName : classType);
}

/** The nodes that outputs need: the others never run. Links are followed without recursion. */
export function neededNodes(prompt: JsonObject, descriptions: ReadonlyMap<string, NodeDescription>): Set<string> {
  const open: string[] = [];
  for (const id of prompt.keys()) {
    if (descriptions.get(nodeClass(prompt, id))?.get('output_node') === true) open.push(id);
  }
  const needed = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const value of asObject(asObject(prompt.get(id))?.get('inputs'))?.values() ?? []) {
      const from = Array.isArray(value) ? value[0] : undefined;
      if (typeof from !== 'string' || needed.has(from) || !prompt.has(from)) continue;
      needed.add(from);
      open.push(from);
    }
  }
  return needed;
}
