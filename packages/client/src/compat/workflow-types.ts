/** What is run, and what comes of it. */
import type { Loose } from './loose.ts';

/** The output of a node: its id, and which of its outputs. */
export type NodeOutput = [node_id: string, slot: number];

export interface WorkflowPromptNode {
  class_type: string;
  inputs: Record<string, Loose>;
  _meta?: { title: string };
}

export interface IWorkflow {
  /** Nodes by id. */
  prompt: Record<string, WorkflowPromptNode>;
  /** What is saved with the pictures. */
  workflow?: Loose;
}

export interface WorkflowOutput<D = unknown> {
  images: ({ type: 'buff'; data: ArrayBuffer; mime: string } | { type: 'url'; data: string })[];
  prompt_id: string;
  /** What a resolver of your own makes of outputs that are no pictures. */
  data?: D;
}
