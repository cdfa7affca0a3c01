export { createClient } from './create-client.ts';
export { Client } from './client.ts';
export { Connection } from './connection-view.ts';
export type { ConnectionEvents, ConnectionInfo, ConnectionPhase } from './connection-view.ts';
export { systemChance, systemClock } from './clock.ts';
export type { Chance, Clock } from './clock.ts';
export type { ListenOptions } from './emitter.ts';
export {
  ClientError,
  clientErrors,
  ExecutionError,
  JobCanceledError,
  JobLostError,
  RequestError,
  ValidationError,
} from './errors.ts';
export type { ClientErrorCode, Failure, LostReason, Problem } from './errors.ts';
export type { HttpRequest } from './http.ts';
export type {
  JobEndEvent,
  JobEvent,
  JobEventOf,
  JobEventType,
  JobNode,
  JobPreview,
  JobResult,
  JobWarning,
  Progress,
} from './job-events.ts';
export { isEndEvent } from './job-events.ts';
export type { RunOptions } from './job-run.ts';
export { Job } from './job.ts';
export type { CancelOptions, CancelOutcome, JobHandle } from './job.ts';
export type { Auth, ClientOptions, IdStore, ReconnectOptions, Timeouts } from './options.ts';
export { Outputs } from './outputs.ts';
export type { CustomOutput, FileKind, FileOutput, Output, TextOutput } from './outputs.ts';
export type { JobEnd, JobState, JobTiming } from './reduce.ts';
export { RemoteFile } from './remote-file.ts';
export type { FilePlace, ReadOptions, ViewOptions } from './remote-file.ts';
export type { UploadProgress } from './send-form.ts';
export type {
  PreviewEvent,
  ServerEvent,
  ServerEventListener,
  ServerEvents,
  ServerEventType,
  ServerListener,
} from './server-events.ts';
export type { HistoryItem, HistoryOptions, Queue, QueueItem } from './server-info.ts';
export type { SocketFactory, SocketLike, SocketRequest } from './socket.ts';
export type { SubmitOptions } from './submission.ts';
export type { UploadOptions, UploadSource } from './upload.ts';
export { UploadedFile } from './uploaded-file.ts';
export type { ConversionWarning, InputValue, InputValues, WorkflowSource } from './workflow-source.ts';
export * from './workflow/index.ts';
