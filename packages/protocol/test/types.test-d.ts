import { describe, expectTypeOf, it } from 'vitest';
import { decodeMessage, mintUuid, routes } from '@snug/protocol';
import type {
  ClientMessage,
  ErrorCode,
  MessageData,
  NodeProgress,
  RouteName,
  ServerFeatures,
  ServerMessage,
  ServerMessageType,
  UnknownMessage,
} from '@snug/protocol';

describe('messages', () => {
  it('have data of their own', () => {
    expectTypeOf<MessageData<'progress'>['value']>().toEqualTypeOf<number>();
    expectTypeOf<MessageData<'executing'>['node']>().toEqualTypeOf<string | null>();
    expectTypeOf<MessageData<'executing'>['prompt_id']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<MessageData<'status'>['status']['exec_info']['queue_remaining']>().toEqualTypeOf<number>();
    expectTypeOf<MessageData<'progress_state'>['nodes'][string]>().toEqualTypeOf<NodeProgress>();
    expectTypeOf<MessageData<'executed'>['output']>().toEqualTypeOf<
      Readonly<Record<string, unknown>> | null | undefined
    >();
    expectTypeOf<MessageData<'execution_error'>['traceback']>().toEqualTypeOf<string[]>();
  });

  it('are told apart by their type', () => {
    const message = decodeMessage('');
    expectTypeOf(message).toEqualTypeOf<ServerMessage | UnknownMessage>();
    if (message.type === 'execution_start') expectTypeOf(message.data.timestamp).toEqualTypeOf<number>();
    if (message.type === 'unknown') expectTypeOf(message.raw).toEqualTypeOf<unknown>();
    expectTypeOf<ServerMessage['type']>().toEqualTypeOf<ServerMessageType>();
  });

  it('that do not exist have no data', () => {
    // @ts-expect-error -- no such message
    expectTypeOf<MessageData<'execution_finished'>>().toEqualTypeOf<never>();
  });

  it('of clients are one', () => {
    expectTypeOf<ClientMessage['type']>().toEqualTypeOf<'feature_flags'>();
  });
});

describe('tables', () => {
  it('know their names', () => {
    expectTypeOf<'queue_full'>().toExtend<ErrorCode>();
    expectTypeOf<'no_such_code'>().not.toExtend<ErrorCode>();
    expectTypeOf<'submitPrompt'>().toExtend<RouteName>();
    expectTypeOf(routes.submitPrompt.path).toExtend<string>();
    expectTypeOf<ServerFeatures['max_upload_size']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ServerFeatures['anything']>().toEqualTypeOf<unknown>();
  });
});

describe('ids', () => {
  it('are made from a source that fills bytes', () => {
    expectTypeOf(mintUuid).toBeCallableWith((bytes: Uint8Array) => bytes);
    expectTypeOf(mintUuid).toBeCallableWith((bytes) => crypto.getRandomValues(bytes));
    // @ts-expect-error -- a number is no source
    mintUuid(() => 5);
  });
});
