/**
 * Runs a workflow of the server's own a few times before the first one of a user: code that never ran takes ten times as
 * long, and the user would wait for that.
 */
import { validatePrompt } from '@snug/graph';
import { parseJson, stringifyJson } from '@snug/protocol';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Runner } from '../runner/runner.ts';
import { RunProjection } from '../wire/project-events.ts';
import { jobEnd } from './job-end.ts';

const ROUNDS = 12;
const NODES = 60;
/** Nodes of ours without an effect: a text that grows, and its display. */
const STEP = 'StringConcatenate';
const END = 'PreviewAny';

/** Does nothing on a server without those nodes; what goes wrong here is left for the first prompt to meet. */
export async function warmUp(catalogue: Catalogue, runner: Runner): Promise<void> {
  if (!catalogue.typeOf(STEP) || !catalogue.typeOf(END)) return;
  const nobody = { toClient() {}, toAll() {}, wantsPreviewMetadata: () => false };
  for (let round = 0; round < ROUNDS; round++) {
    const prompt = parseJson(workflowText(round));
    await validatePrompt(prompt, {
      typeOf: (classType) => catalogue.typeOf(classType),
      check: async (checks) => checks.map(() => ({ kind: 'accepted' })),
    });
    const projection = new RunProjection({ promptId: 'warm-up', clientId: 'nobody', recipients: nobody, onLog() {} });
    const job = { promptId: 'warm-up', promptText: stringifyJson(prompt), extraDataText: '{}', targets: ['end'] };
    const signal = new AbortController().signal;
    const outcome = await runner.run(job, { onEvent: (event) => projection.take(event), signal });
    if (outcome.kind !== 'ended') return;
    jobEnd(projection.trace());
  }
  runner.free();
}

function workflowText(round: number): string {
  const nodes: Record<string, object> = {};
  for (let at = 0; at < NODES; at++) {
    const inputs = { string_a: at ? [String(at - 1), 0] : `${round}`, string_b: '', delimiter: '' };
    nodes[at] = { class_type: STEP, inputs };
  }
  nodes['end'] = { class_type: END, inputs: { source: [String(NODES - 1), 0] } };
  return JSON.stringify(nodes);
}
