export { FileRefused, Interrupted } from './context.ts';
export type {
  DescribeContext,
  FolderName,
  NameSeries,
  NodeContext,
  NodeFiles,
  NodeGraph,
  Preview,
  RawPicture,
} from './context.ts';
export { defineNode } from './define-node.ts';
export type { AnyNode, InputValues, KnownValues, NodeDefinition, OwnValidation, RunResult } from './define-node.ts';
export { definePack } from './define-pack.ts';
export type { NodeReplacement, Pack } from './define-pack.ts';
export { createGraphBuilder, Link } from './graph-builder.ts';
export type { BuilderNode, GraphBuilder, Subgraph, SubgraphNode } from './graph-builder.ts';
export { holdThread, onThreadHeld } from './hold-thread.ts';
export { input } from './input.ts';
export type { CommonOptions, HiddenValues, InputSpec, InputSpecs, ValueKind } from './input.ts';
export { describeNode } from './object-info.ts';
export { output } from './output.ts';
export type { OutputSpec, OutputSpecs } from './output.ts';
export { block, Blocker, expand, NodeResult, withUi } from './result.ts';
export type { ExpandedValues, OutputValues, SavedFile, UiOutput } from './result.ts';
export { ANY, BOOLEAN, FLOAT, IMAGE, INT, INT64, LATENT, MASK, socket, STRING } from './socket.ts';
export type { Socket } from './socket.ts';
export { createImage, createMask, createTensor, isImage, isLatent, isMask } from './tensor.ts';
export type { Image, Latent, Mask, Tensor } from './tensor.ts';
export { torchNormals } from './torch-noise.ts';
export type { NormalSource } from './torch-noise.ts';
