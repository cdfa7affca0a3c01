export { BrokerError } from './broker/broker.ts';
export type {
  Broker,
  FoundJob,
  Job,
  JobEnd,
  JobRecord,
  JobState,
  LiveJob,
  RecordLimits,
  RecordSummary,
  StoredJob,
} from './broker/broker.ts';
export { createMemoryBroker } from './broker/memory-broker.ts';
export { createSqliteBroker } from './broker/sqlite-broker.ts';
export type { SqliteBrokerOptions } from './broker/sqlite-broker.ts';
export { Catalogue } from './catalogue/catalogue.ts';
export type { DescribedNode, NodeCode } from './catalogue/catalogue.ts';
export { createInlineCode } from './catalogue/inline-code.ts';
export { createProcessCode } from './catalogue/process-code.ts';
export { loadPacks, PackError } from './child/load-packs.ts';
export { createServer } from './create-server.ts';
export type { ServerOptions, SnugServer } from './create-server.ts';
export { warmUp } from './rehearsal/warm-up.ts';
export { LogRing } from './routes/index.ts';
export { REFERENCE_VERSION } from './routes/info.ts';
export { encodePreview } from './runner/encode-preview.ts';
export { createCache } from './runner/create-cache.ts';
export { createInlineRunner } from './runner/inline-runner.ts';
export { readJob } from './runner/read-job.ts';
export { createProcessRunner } from './runner/process-runner.ts';
export type { CacheChoice, Runner, RunnerControl, RunnerJob, RunnerOutcome } from './runner/runner.ts';
