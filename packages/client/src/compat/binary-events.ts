/** Binary messages as the events that programs know. */
import { isCanonicalUuid } from '@snug/protocol/ids';
import type { BinaryMessage } from '../incoming.ts';
import { Incoming } from '../incoming.ts';
import type { ComfyUiWsTypes } from './client-events.ts';

export type BinaryEvent =
  | { readonly type: 'b_preview'; readonly data: Blob }
  | { readonly type: 'b_preview_with_metadata'; readonly data: ComfyUiWsTypes.BinaryMessages.BinaryPreviewWithMetadata }
  | { readonly type: 'progress_text'; readonly data: ComfyUiWsTypes.BinaryMessages.ProgressText }
  | { readonly type: 'unknown_binary'; readonly data: { number: number | undefined; bytes: Uint8Array } };

/** The events of one message. A picture's own bytes say of what type it is. */
export function eventsOf(message: BinaryMessage): BinaryEvent[] {
  switch (message.kind) {
    case 'unknown':
      return [{ type: 'unknown_binary', data: { number: message.number, bytes: message.bytes } }];
    case 'text': {
      const { nodeId, text, promptId } = message;
      return [{ type: 'progress_text', data: { nodeId, text, ...(promptId === undefined ? {} : { promptId }) } }];
    }
    case 'preview': {
      const { bytes, mime, nodeId, displayNodeId, parentNodeId, realNodeId, promptId } = message;
      const blob = new Blob([bytes], { type: mime });
      const plain: BinaryEvent = { type: 'b_preview', data: blob };
      if (nodeId === undefined) return [plain];
      // programs are promised texts; servers leave some out
      const data = {
        blob,
        nodeId,
        displayNodeId: displayNodeId ?? nodeId,
        parentNodeId: parentNodeId ?? '',
        realNodeId: realNodeId ?? nodeId,
        promptId: promptId ?? '',
      };
      return [{ type: 'b_preview_with_metadata', data }, plain];
    }
  }
}

/** Reads a message without knowing its server: a text that begins with the id of a prompt has the longer layout. */
export function readBinary(bytes: Uint8Array): BinaryMessage {
  const incoming = new Incoming();
  incoming.hasLongTexts = true;
  const long = incoming.bytes(bytes);
  if (long.kind !== 'text' || isCanonicalUuid(long.promptId)) return long;
  incoming.hasLongTexts = false;
  return incoming.bytes(bytes);
}
