import type { RunJob } from './run-options.ts';
import type { RunScope } from './node-context.ts';
import type { RunNode } from './run-node.ts';

/** What the server fills into a hidden input; undefined for a key that it knows nothing for. */
export function hiddenValue(key: string, node: RunNode, { extraData, prompt }: RunJob, scope: RunScope): unknown {
  switch (key) {
    case 'UNIQUE_ID':
      return node.id;
    case 'PROMPT':
      return prompt;
    case 'DYNPROMPT':
      return scope.graph;
    case 'EXTRA_PNGINFO':
      return scope.extraPngInfo;
    case 'AUTH_TOKEN_COMFY_ORG':
    case 'API_KEY_COMFY_ORG':
    case 'COMFY_USAGE_SOURCE':
      return extraData.get(key.toLowerCase()) ?? null;
    default:
      return undefined;
  }
}

/** The same before anything runs: there is no graph to look at yet. */
export function hiddenValueBefore(key: string, node: RunNode, job: RunJob, scope: RunScope): unknown {
  if (key === 'PROMPT') return new Map();
  return key === 'DYNPROMPT' ? null : hiddenValue(key, node, job, scope);
}
