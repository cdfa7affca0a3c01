/** The workflow as a value, and everything that is done with it: no page, no network. */
export * from './types.ts';
export { newDocument } from './new-document.ts';
export { openWorkflow, reopen } from './open.ts';
export type { Opened, OpenNote } from './open.ts';
export { writeWorkflow } from './write-workflow.ts';
export { graphAt, linkInto, linksOf, subgraphAt } from './look.ts';
export { portsOf } from './ports.ts';
export type { InputPort, NodePorts, NodeRole, OutputPort } from './port.ts';
export type { Done, Edit, Refused, RefusalReason } from './edit.ts';
export {
  addNode,
  collapseNodes,
  colourNodes,
  layOut,
  moveNodes,
  removeNodes,
  renameNode,
  resizeNode,
  setMode,
} from './edit-nodes.ts';
export { setControl, setValue } from './edit-values.ts';
export { connect, disconnect, whyNotConnect } from './connect.ts';
export type { LinkEnds } from './connect.ts';
export { changeGroup, groupNodes, moveGroup, nodesIn, removeGroup } from './edit-groups.ts';
export type { GroupChange } from './edit-groups.ts';
export { record, redo, seal, startHistory, undo } from './history.ts';
export type { History } from './history.ts';
export { copyNodes, duplicateNodes, pasteNodes } from './clipboard.ts';
export { makeSubgraph } from './make-subgraph.ts';
export { exposeInput, exposeOutput, renameSubgraph } from './expose.ts';
export { unpackSubgraph } from './unpack-subgraph.ts';
export { makePrompt } from './prompt.ts';
export type { PromptMade, PromptOptions } from './prompt.ts';
export { placeOf, promptIdOf } from './prompt-place.ts';
export { inputKey, placeFailure, placeProblems, problemsAfter, shownAt } from './problems.ts';
export type { DocumentProblem } from './problems.ts';
export { advanceControls, nextValue } from './controls.ts';
export { expandBatch, MAX_BATCH, readValueList } from './batch.ts';
export type { BatchAxis } from './batch.ts';
export { FIRST_VIEW, readDraft, writeDraft } from './draft.ts';
export type { DocumentView, Draft } from './draft.ts';
export { sizeOf } from './node-size.ts';
