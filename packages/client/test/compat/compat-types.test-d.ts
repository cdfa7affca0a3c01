/** 2.5 exported types: each is there, and as programs use it. */
import { expectTypeOf, test } from 'vitest';
import type {
  BuiltinNodeClasses,
  ComfyUIClientEvents,
  ComfyUIClientResponseTypes,
  ComfyUINodeClass,
  ComfyUiWsTypes,
  EnqueueOptions,
  IComfyApiConfig,
  InvokeOptions,
  IWorkflow,
  LogEntry,
  LogsRawResponse,
  ModelFile,
  ModelFolderInfo,
  NodeClassInputs,
  NodeOutput,
  PromptBody,
  PromptMessage,
  PromptQueueHistory,
  PromptQueueItem,
  TerminalSize,
  WorkflowOutput,
  WorkflowOutputResolver,
  WorkflowPromptNode,
} from '../../src/compat/index.ts';
import { Client, Workflow } from '../../src/compat/index.ts';

test('2.5 exported types', () => {
  expectTypeOf<IComfyApiConfig>().toHaveProperty('api_host');
  expectTypeOf<EnqueueOptions<string>['progress']>().parameter(0).toHaveProperty('value');
  expectTypeOf<WorkflowOutputResolver<string>>().returns.toEqualTypeOf<WorkflowOutput<string>>();
  expectTypeOf<PromptBody[1]>().toEqualTypeOf<string>();
  expectTypeOf<PromptQueueItem['prompt']>().toEqualTypeOf<PromptBody>();
  expectTypeOf<PromptQueueHistory[string]>().toEqualTypeOf<PromptQueueItem>();
  expectTypeOf<PromptMessage[0]>().toEqualTypeOf<string>();
  expectTypeOf<ModelFolderInfo['folders']>().toEqualTypeOf<string[]>();
  expectTypeOf<ModelFile['pathIndex']>().toEqualTypeOf<number>();
  expectTypeOf<LogsRawResponse>().toEqualTypeOf<{ size: TerminalSize; entries: LogEntry[] }>();
  expectTypeOf<ComfyUiWsTypes.Messages.Executed['node']>().toEqualTypeOf<string>();
  expectTypeOf<ComfyUIClientEvents['connection_error'][0]>().toEqualTypeOf<{ type: string; message: string }>();
  expectTypeOf<ComfyUIClientResponseTypes.ObjectInfo[string]['output_node']>().toEqualTypeOf<boolean>();
  expectTypeOf<IWorkflow['prompt'][string]>().toEqualTypeOf<WorkflowPromptNode>();
  expectTypeOf<ReturnType<ComfyUINodeClass>>().toEqualTypeOf<NodeOutput[]>();
  expectTypeOf<BuiltinNodeClasses>().toHaveProperty('KSampler');
  expectTypeOf<NodeClassInputs>().toHaveProperty('anything');
  expectTypeOf<InvokeOptions<string>>().toHaveProperty('resolver');
});

test('programs compile as they are', () => {
  const client = new Client({ api_host: 'h', WebSocket: Date, fetch: () => 1 });
  client.on('progress', ({ value, max }) => value / max);
  client.on('own_event', (data) => data.anything);
  client.events.on('unhandled', ({ type, data }) => [type, data.anything]);
  client.on('executed', (data) => data.output['images'].map((image: { filename: string }) => image.filename));
  const program = async (): Promise<string[]> => {
    const { images } = await client.enqueue({ 1: {} }, { progress: (p) => p.value });
    return images.flatMap((image) => (image.type === 'url' ? [image.data] : []));
  };
  expectTypeOf(program).returns.resolves.toEqualTypeOf<string[]>();
  const { classes } = new Workflow();
  classes.SaveImage({ images: classes.VAEDecode({ samples: ['1', 0] })[0] });
  expectTypeOf(client.enqueue<number>({})).resolves.toEqualTypeOf<WorkflowOutput<number>>();
});
