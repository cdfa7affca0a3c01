/** Documents that people could have made: any edits, one after the other. */
import * as fc from 'fast-check';
import {
  addNode,
  changeGroup,
  collapseNodes,
  colourNodes,
  connect,
  copyNodes,
  disconnect,
  duplicateNodes,
  exposeInput,
  exposeOutput,
  graphAt,
  groupNodes,
  layOut,
  makeSubgraph,
  moveGroup,
  moveNodes,
  pasteNodes,
  portsOf,
  removeGroup,
  removeNodes,
  renameNode,
  resizeNode,
  setControl,
  setMode,
  setValue,
  unpackSubgraph,
  whyNotConnect,
} from '../../src/document/index.ts';
import type { Edit, GraphPath, NodeId, NodePorts, WorkflowDocument } from '../../src/document/index.ts';
import { fixtureCatalogue as catalogue } from './workflow-files.ts';

/** Numbers that choose what an edit is done to: any number means something in any document. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const KINDS = [
  'add',
  'add',
  'add',
  'connect',
  'connect',
  'connect',
  'connect',
  'connect',
  'set',
  'set',
  'control',
  'disconnect',
  'remove',
  'move',
  'resize',
  'rename',
  'collapse',
  'mode',
  'colour',
  'group',
  'moveGroup',
  'changeGroup',
  'removeGroup',
  'paste',
  'duplicate',
  'subgraph',
  'subgraph',
  'unpack',
  'expose',
  'expose',
  'layOut',
] as const;

const number = fc.nat({ max: 1_000_000 });
export const steps = (length: number): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: number, b: number, c: number }), {
    minLength: 5,
    maxLength: length,
    size: 'max',
  });

const TYPES = [...catalogue.definitions.keys()];
const TEXTS = ['', 'a text', '{red|blue}', 'fixed', 'randomize', 'image', 'ünïcødé "quoted"'];

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

/** The graph that is edited: the workflow, or one of its subgraphs, however deep. */
function pathFor(document: WorkflowDocument, choice: number): GraphPath {
  const path: string[] = [];
  let rest = choice;
  for (;;) {
    const nodes = [...(graphAt(document, path)?.nodes.values() ?? [])];
    const hosts = nodes.filter(({ type }) => document.subgraphs.has(type));
    const host = rest % 3 === 0 ? undefined : pick(hosts, rest);
    if (!host) return path;
    path.push(host.id);
    rest = Math.floor(rest / 3);
  }
}

export function applyStep(document: WorkflowDocument, { kind, a, b, c }: Step): Edit {
  const path = pathFor(document, a);
  const graph = graphAt(document, path)!;
  const ids = [...graph.nodes.keys()];
  const id = pick(ids, b) ?? 'nowhere';
  const several = ids.filter((_, at) => (b >> (at % 16)) & 1).slice(0, 8);
  const hosts = ids.filter((one) => document.subgraphs.has(graph.nodes.get(one)?.type ?? ''));
  const ports = (one: NodeId): NodePorts | undefined => {
    const node = graph.nodes.get(one);
    return node && portsOf(document, path, node, catalogue);
  };
  switch (kind) {
    case 'add': {
      const types = [...TYPES, ...document.subgraphs.keys()];
      return addNode(document, path, pick(types, b)!, { x: c % 997, y: c / 7 }, catalogue);
    }
    case 'connect': {
      const target = pick([...ids, ...(path.length ? ['-20'] : [])], c) ?? 'nowhere';
      const inputs = target === '-20' ? ['LATENT', 'IMAGE'] : (ports(target)?.inputs ?? []).map(({ name }) => name);
      const to = { node: target, input: pick(inputs, b) ?? 'x' };
      const sources = [...ids, ...(path.length ? ['-10'] : [])].flatMap((node) => [
        { node, slot: 0 },
        { node, slot: 1 },
      ]);
      // mostly what fits, sometimes what does not
      const fitting = sources.filter((from) => !whyNotConnect(document, path, { from, to }, catalogue));
      const from = pick(a % 5 && fitting.length ? fitting : sources, a + b) ?? { node: 'nowhere', slot: 0 };
      return connect(document, path, { from, to }, catalogue);
    }
    case 'set': {
      const port = pick(ports(id)?.inputs.filter(({ widget }) => widget) ?? [], c);
      const choices = port?.widget && 'choices' in port.widget ? port.widget.choices : undefined;
      const values: readonly unknown[] = [c, c / 8, 2n ** 63n + BigInt(c), c % 2 === 0, ...TEXTS, ...(choices ?? [])];
      return setValue(document, path, id, port?.name ?? 'x', pick(values, a + c), catalogue);
    }
    case 'control': {
      const port = pick(ports(id)?.inputs.filter(({ control }) => control) ?? [], c);
      const control = pick(['fixed', 'increment', 'decrement', 'randomize'] as const, a) ?? 'fixed';
      return setControl(document, path, id, port?.name ?? 'x', control, catalogue);
    }
    case 'disconnect':
      return disconnect(document, path, [pick([...graph.links.keys()], b) ?? 'none']);
    case 'remove':
      return removeNodes(document, path, [id]);
    case 'move': {
      const ends = path.length ? ['-10', '-20'] : [];
      return moveNodes(document, path, new Map([...several, ...ends].map((one) => [one, { x: a / 3, y: -c / 3 }])));
    }
    case 'resize':
      return resizeNode(document, path, id, c % 4 ? { width: a / 3, height: c / 3 } : undefined);
    case 'rename':
      return renameNode(document, path, id, pick(TEXTS, c)!);
    case 'collapse':
      return collapseNodes(document, path, several, c % 2 === 0);
    case 'mode':
      return setMode(document, path, several, pick(['always', 'muted', 'bypassed'] as const, c)!);
    case 'colour':
      return colourNodes(document, path, several, pick(['#a00', undefined], c));
    case 'group':
      return groupNodes(document, path, several, pick(TEXTS, c)!);
    case 'moveGroup':
      return moveGroup(document, path, pick(graph.groups, b)?.id ?? 'none', { x: c, y: a / 3 });
    case 'changeGroup':
      return changeGroup(document, path, pick(graph.groups, b)?.id ?? 'none', {
        title: pick(TEXTS, c)!,
        size: { width: a, height: c / 3 },
        colour: pick(['#0a0', undefined], a),
      });
    case 'removeGroup':
      return removeGroup(document, path, pick(graph.groups, b)?.id ?? 'none');
    case 'paste':
      return pasteNodes(document, path, copyNodes(document, path, several) ?? 'nothing', { x: c, y: a }, catalogue);
    case 'duplicate':
      return duplicateNodes(document, path, several);
    case 'subgraph':
      return makeSubgraph(document, path, several, pick(TEXTS, c)!, catalogue);
    case 'expose': {
      const input = pick(ports(id)?.inputs ?? [], c)?.name ?? 'x';
      return c % 2
        ? exposeInput(document, path, { node: id, input }, catalogue)
        : exposeOutput(document, path, { node: id, slot: a % 2 }, catalogue);
    }
    case 'unpack':
      return unpackSubgraph(document, path, pick(hosts, c) ?? id, catalogue);
    case 'layOut':
      return layOut(document, path);
  }
}
