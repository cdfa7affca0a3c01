/** Runs a node's own validation, outside of any run. */
import { Link } from '@snug/node-kit';
import type { DescribeContext } from '@snug/node-kit';
import type { OwnCheck, OwnCheckResult } from '@snug/graph';
import { describeThrown } from './failure.ts';
import { argumentSets, gatherInputs } from './gather.ts';
import type { Registry } from './registry.ts';
import { RunNode } from './run-node.ts';

const NOWHERE = new Link('', 0);

/** @param check values of linked inputs are null, as the prompt's validation tells them */
export async function runOwnValidation(
  registry: Registry,
  check: OwnCheck,
  context: DescribeContext,
): Promise<OwnCheckResult> {
  const type = registry.get(check.classType);
  const validate = type?.validate;
  if (!type || !validate) return { kind: 'accepted' };
  const inputs = new Map<string, unknown>();
  for (const [name, value] of check.values) inputs.set(name, value === null ? NOWHERE : value);
  const node = new RunNode(check.nodeId, type, inputs);
  try {
    const gathered = gatherInputs(node, new Map(), () => undefined, true);
    for (const { values } of argumentSets(node, gathered)) {
      const answer: unknown = await validate.check(values, { ...context, types: check.types });
      if (answer !== true) return { kind: 'refused', text: typeof answer === 'string' ? answer : undefined };
    }
    return { kind: 'accepted' };
  } catch (error) {
    const { type: name, message, trace } = describeThrown(error);
    return { kind: 'thrown', thrown: { type: name, text: message, trace } };
  }
}
