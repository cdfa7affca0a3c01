export { compileNodeTypes, createGraphHarness, GraphRefused, promptOf, runGraph } from './graph-harness.ts';
export type { Graph, GraphHarness, GraphRun, HarnessOptions, RunOptions } from './graph-harness.ts';
export { createMemoryFiles } from './memory-files.ts';
export type { MemoryFiles } from './memory-files.ts';
