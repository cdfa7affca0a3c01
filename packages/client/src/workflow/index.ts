export { createWorkflow } from './create-workflow.ts';
export type { PromptValue } from './input-writer.ts';
export type { MemberNames, NodeFacts } from './node-knowledge.ts';
export type {
  ApiPrompt,
  BuiltNode,
  ByPosition,
  Int64,
  Literal,
  NodeCall,
  NodeDescriptions,
  NodeOptions,
  NodeTable,
  PromptNode,
  Several,
  UntypedInput,
  UntypedNode,
  UntypedNodes,
  WorkflowBuilder,
} from './node-types.ts';
export type { Link, ListLink } from './output-link.ts';
export { readPictureMetadata } from './picture-metadata.ts';
export type { PictureMetadata } from './picture-metadata.ts';
