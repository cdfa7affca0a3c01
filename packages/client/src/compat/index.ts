/** For programs that were written for `@stable-canvas/comfyui-client`: change the import, and they run. See docs/compat.md. */
import { Client } from './client.ts';
import { Plugin } from './plugin.ts';
import { Workflow } from './workflow.ts';
import { WsClient } from './ws-client.ts';

export { Client, Plugin, Workflow, WsClient };
export type { EnqueueOptions, StartOptions } from './client.ts';
export type { ConnectOptions } from './ws-client.ts';
export type { ClientConfig, IComfyApiConfig, Logger } from './client-config.ts';
export type { ClientHooks, ServerMessage } from './client-hooks.ts';
export type { ComfyUIClientEvents, ComfyUiWsTypes } from './client-events.ts';
export type { BinaryEvent } from './binary-events.ts';
export { EventEmitter } from './event-emitter.ts';
export { Disposable } from './disposable.ts';
export { InvokedWorkflow } from './invoked-workflow.ts';
export type { InvokedOptions } from './invoked-workflow.ts';
export type { InvokeOptions, NodeOptions } from './workflow.ts';
export type { BuiltinNodeClasses, ComfyUINodeClass, NodeClassInputs } from './node-classes.ts';
export type { IWorkflow, NodeOutput, WorkflowOutput, WorkflowPromptNode } from './workflow-types.ts';
export type { WorkflowOutputResolver } from './result.ts';
export type { FunctionHook } from './plugin.ts';
export * as plugins from './plugins.ts';
export * as builtins from './builtins.ts';
export * as NSPipeline from './pipelines.ts';
export { BasePipe } from './base-pipe.ts';
export type { PipeResult } from './base-pipe.ts';
export { EfficientPipe } from './efficient-pipe.ts';
export type { EfficientPipeContext } from './efficient-pipe.ts';
export type { PipeContext, PipeImage } from './pipe-context.ts';
export { outToB64Urls } from './base64-urls.ts';
export * from './responses.ts';
export * from './errors.ts';
export * from './workflow-errors.ts';
export type { QueuePromptOptions } from './queue-client.ts';
export type { ListUserDataOptions, StoreOptions } from './rest-client.ts';
export type { FetchOptions } from './send-request.ts';

/** @deprecated Use `Client`. */
export const ComfyUIApiClient = Client;
/** @deprecated Use `Client`. */
export type ComfyUIApiClient = Client;
/** @deprecated Use `WsClient`. */
export const ComfyUIWsClient = WsClient;
/** @deprecated Use `WsClient`. */
export type ComfyUIWsClient = WsClient;
/** @deprecated Use `Workflow`. */
export const ComfyUIWorkflow = Workflow;
/** @deprecated Use `Workflow`. */
export type ComfyUIWorkflow = Workflow;
/** @deprecated Use `Plugin`. */
export const ClientPlugin = Plugin;
/** @deprecated Use `Plugin`. */
export type ClientPlugin = Plugin;
