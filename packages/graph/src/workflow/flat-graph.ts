/** A workflow with its subgraphs opened up: every node that could run, each use of a subgraph apart. */
import type { NodeDescription } from '@snug/protocol';
import { roleOf } from './front-end-node.ts';
import { hostValues } from './host-values.ts';
import type { HostValues } from './host-values.ts';
import { MAX_NODES, MAX_PROBLEMS, NODE_MODES } from './workflow.ts';
import type { Subgraph, Workflow, WorkflowGraph, WorkflowInput, WorkflowNode, WorkflowProblem } from './workflow.ts';

const MAX_NESTING = 64;

/** One use of a subgraph. */
export interface Host {
  readonly scope: Scope;
  readonly node: WorkflowNode;
  readonly subgraph: Subgraph;
  readonly inputs: ReadonlyMap<string, WorkflowInput>;
  readonly values: HostValues;
}

/** A graph in its place: the workflow itself, or one use of a subgraph. */
export interface Scope {
  readonly graph: WorkflowGraph;
  /** What stands before the ids of its nodes: empty, or `outer:`. */
  readonly prefix: string;
  readonly depth: number;
  readonly host: Host | undefined;
  /** The subgraphs used here, by the id of the node that stands for them. */
  readonly inner: Map<string, Scope>;
}

export interface FlatNode {
  readonly scope: Scope;
  readonly node: WorkflowNode;
  /** `outer:inner` inside subgraphs. */
  readonly id: string;
}

export interface FlatGraph {
  /** In order of execution; muted, bypassed and front-end nodes left out. */
  readonly nodes: readonly FlatNode[];
  readonly problems: readonly WorkflowProblem[];
}

interface Walk {
  readonly scope: Scope;
  readonly nodes: Iterator<WorkflowNode>;
}

export function flattenWorkflow(workflow: Workflow, descriptions: ReadonlyMap<string, NodeDescription>): FlatGraph {
  const nodes: FlatNode[] = [];
  const problems: WorkflowProblem[] = [];
  const report = (nodeId: string, type: WorkflowProblem['type'], message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ nodeId, type, message });
  };
  const root: Scope = { graph: workflow, prefix: '', depth: 0, host: undefined, inner: new Map() };
  const walks: Walk[] = [{ scope: root, nodes: workflow.nodes.values() }];
  let visited = 0;

  for (let walk = walks.at(-1); walk; walk = walks.at(-1)) {
    const { done, value: node } = walk.nodes.next();
    if (done) {
      walks.pop();
      continue;
    }
    if (++visited > MAX_NODES) {
      report('', 'too_large', `With its subgraphs opened up the workflow has more than ${MAX_NODES} nodes: split it.`);
      break;
    }
    const { scope } = walk;
    if (node.mode === NODE_MODES.muted || node.mode === NODE_MODES.bypassed) continue;
    if (roleOf(node, descriptions)) continue;
    const id = scope.prefix + node.id;
    const subgraph = workflow.subgraphs.get(node.type);
    if (!subgraph) {
      const problem = descriptions.has(node.type) ? undefined : missingType(node, id);
      if (problem) report(id, problem.type, problem.message);
      else nodes.push({ scope, node, id });
    } else if (isInside(subgraph, scope) || scope.depth === MAX_NESTING) {
      const message = `Node ${id} (${subgraph.name}) is a subgraph that holds itself, or is nested too deep: take it out.`;
      report(id, 'subgraph_cycle', message);
    } else {
      const inside = openSubgraph(scope, node, subgraph);
      scope.inner.set(node.id, inside);
      walks.push({ scope: inside, nodes: subgraph.nodes.values() });
    }
  }
  return { nodes, problems };
}

function openSubgraph(scope: Scope, node: WorkflowNode, subgraph: Subgraph): Scope {
  const inputs = new Map(node.inputs.map((input) => [input.name, input]));
  const values = hostValues(node, subgraph, scope.host?.values.byWidget.get(node.id));
  const prefix = `${scope.prefix}${node.id}:`;
  const host = { scope, node, subgraph, inputs, values };
  return { graph: subgraph, prefix, depth: scope.depth + 1, host, inner: new Map() };
}

function isInside(subgraph: Subgraph, scope: Scope): boolean {
  for (let at: Scope | undefined = scope; at; at = at.host?.scope) if (at.graph === subgraph) return true;
  return false;
}

const SUBGRAPH_ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const GROUP_NODE = /^workflow[>/]/;

function missingType(node: WorkflowNode, id: string): Pick<WorkflowProblem, 'type' | 'message'> {
  const who = node.title === undefined ? `Node ${id}` : `Node ${id} (${node.title})`;
  if (GROUP_NODE.test(node.type)) {
    const message = `${who} is a group node of an old front end: convert it to nodes or a subgraph and save again.`;
    return { type: 'group_node', message };
  }
  if (SUBGRAPH_ID.test(node.type)) {
    return { type: 'missing_subgraph', message: `${who} uses a subgraph that the file does not hold: save it again.` };
  }
  const message = `${who} needs the class ${node.type}, which the server does not have: install its pack, or mute the node.`;
  return { type: 'missing_node_type', message };
}
