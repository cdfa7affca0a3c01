/** The canvas: shows and edits one graph of a workflow, and the run on its nodes. `<Canvas {...props} />`, see CanvasProps. */
export { Canvas } from './canvas.tsx';
export type {
  CanvasProps,
  MakeEdit,
  NodeFailure,
  NodeRun,
  NodeRuns,
  NodeRunState,
  RunRequest,
} from './canvas-props.ts';
