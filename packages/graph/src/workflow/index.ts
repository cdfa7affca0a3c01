export { extractWorkflow } from './embedded-graph.ts';
export type { EmbeddedGraph } from './embedded-graph.ts';
export { isApiPrompt, isWorkflow, parseWorkflow } from './parse-workflow.ts';
export { readPictureText } from './picture-text.ts';
export { applyInputs } from './prompt-inputs.ts';
export type { ApplyOptions } from './prompt-inputs.ts';
export { workflowToPrompt } from './workflow-to-prompt.ts';
export type { Conversion, ConversionWarning, ConvertOptions } from './workflow-to-prompt.ts';
export type {
  Subgraph,
  Workflow,
  WorkflowGraph,
  WorkflowInput,
  WorkflowLink,
  WorkflowNode,
  WorkflowOutput,
  WorkflowProblem,
  WorkflowProblemType,
} from './workflow.ts';
