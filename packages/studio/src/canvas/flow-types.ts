/** What xyflow is given of a workflow. */
import type { Edge, Node } from '@xyflow/react';
import type { NodePorts } from '../document/index.ts';
import type { DocumentGroup, DocumentNode, SubgraphSlot } from '../document/types.ts';
import type { NodeLayout } from './node-layout.ts';

export interface NodeProblems {
  /** Why inputs were refused, by name. */
  readonly inputs: ReadonlyMap<string, string>;
  /** What concerns the node as a whole. */
  readonly whole: readonly string[];
}

/** Types, because xyflow wants data with an index signature. */
export type WorkNodeData = {
  readonly node: DocumentNode;
  readonly ports: NodePorts;
  readonly layout: NodeLayout;
  readonly problems: NodeProblems;
  /** Ids in prompts: of the node, and of those inside when it stands for a subgraph. */
  readonly promptIds: readonly string[];
};
export type WorkNode = Node<WorkNodeData, 'work'>;

export type GroupNode = Node<{ readonly group: DocumentGroup }, 'group-frame'>;

/** Where links enter or leave a subgraph. */
export type EndNode = Node<
  { readonly side: 'inputs' | 'outputs'; readonly slots: readonly SubgraphSlot[]; readonly name: string },
  'end'
>;

export type FlowNode = WorkNode | GroupNode | EndNode;
export type FlowLink = Edge<{ readonly type: string; readonly fromPromptIds: readonly string[] }, 'link'>;

const GROUP = 'group ';
export const groupNodeId = (group: string): string => GROUP + group;
/** The group that a node of xyflow stands for; undefined for others. */
export const groupOfNodeId = (id: string): string | undefined =>
  id.startsWith(GROUP) ? id.slice(GROUP.length) : undefined;
