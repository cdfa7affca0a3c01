import { fileURLToPath } from 'node:url';
import { createRegistry, runOwnValidation } from '@snug/executor';
import { describeNode } from '@snug/node-kit';
import type { AnyNode, DescribeContext, InputSpecs, Pack } from '@snug/node-kit';
import { stringifyJson } from '@snug/protocol';
import type { PackStatics } from '../routes/extensions.ts';
import type { DescribedNode, NodeCode } from './catalogue.ts';

/** Runs node code in this process: in the catalogue's own process, and where a program embeds the server. */
export function createInlineCode(
  packs: readonly Pack[],
  context: DescribeContext,
  onError: (line: string) => void,
): NodeCode {
  const registry = createRegistry(packs);
  const owners = new Map<string, Pack>();
  for (const pack of packs) for (const node of pack.nodes) owners.set(node.type, pack);

  return {
    async describe(classTypes) {
      const nodes: DescribedNode[] = [];
      for (const classType of classTypes ?? registry.keys()) {
        const node = registry.get(classType)?.definition;
        const pack = owners.get(classType);
        if (!node || !pack) continue;
        try {
          nodes.push(await describe(node, pack.module ?? `custom_nodes.${pack.name}`, context));
        } catch (error) {
          onError(`Node ${classType} cannot be described and is left out: ${String(error)}`);
        }
      }
      return { nodes, packs: packs.map(statics) };
    },
    check: (checks) => Promise.all(checks.map((check) => runOwnValidation(registry, check, context))),
    async reload() {},
    async close() {},
  };
}

async function describe(node: AnyNode, module: string, context: DescribeContext): Promise<DescribedNode> {
  const { inputs, types } = node.validate ?? {};
  return {
    classType: node.type,
    text: stringifyJson(await describeNode(node, module, context)),
    ownInputs: inputs,
    ownTypes: types === true,
    varies: Object.values(node.inputs as InputSpecs).some((spec) => spec.choices !== undefined),
  };
}

const pathOf = (url: URL | undefined): string | undefined => (url ? fileURLToPath(url) : undefined);

function statics({ name, module, web, templates, subgraphs, locales, replacements }: Pack): PackStatics {
  return {
    name,
    module,
    replacements,
    web: pathOf(web),
    templates: pathOf(templates),
    subgraphs: pathOf(subgraphs),
    locales: pathOf(locales),
  };
}
