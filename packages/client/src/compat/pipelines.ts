/** What `NSPipeline` names. */
export { samplers, schedulers } from './pipe-context.ts';
export type { PipeContext } from './pipe-context.ts';
