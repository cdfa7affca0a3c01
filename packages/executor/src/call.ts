/** Calling a node's code, once for each set of arguments. */
import { Blocker, Interrupted } from '@snug/node-kit';
import type { CallArguments } from './gather.ts';
import { CallContext } from './node-context.ts';
import type { RunScope } from './node-context.ts';
import { blockedCall, readReturn } from './results.ts';
import type { CallResult } from './results.ts';
import type { RunNode } from './run-node.ts';

export function throwIfInterrupted(scope: RunScope): void {
  if (scope.isInterrupted()) throw new Interrupted();
}

/** @param onBlocked hears the message of a block that meets its first consumer */
export function callOnce(
  node: RunNode,
  { values, blocker }: CallArguments,
  at: number,
  scope: RunScope,
  onBlocked: (message: string) => void,
): CallResult | Promise<CallResult> {
  throwIfInterrupted(scope);
  const { type } = node;
  if (blocker) {
    if (blocker.message !== undefined) onBlocked(blocker.message);
    return blockedCall(type, new Blocker());
  }
  const returned: unknown = type.run(values, new CallContext(scope, node, at));
  if (returned instanceof Promise) return returned.then((value) => readReturn(type, value));
  return readReturn(type, returned);
}

/** How calls that run at once came out: all results, or what the first failing one threw. */
export type Settled = { readonly results: CallResult[] } | { readonly thrown: unknown };

/** Waits for every call, also when one fails early. */
export async function settleCalls(calls: readonly Promise<CallResult>[]): Promise<Settled> {
  const results: CallResult[] = [];
  for (const settled of await Promise.allSettled(calls)) {
    if (settled.status === 'rejected') return { thrown: settled.reason };
    results.push(settled.value);
  }
  return { results };
}
