/** Text messages to clients. The data is JSON text already, so that nothing is encoded twice. */
import { TextPieces } from './outgoing.ts';
import type { Outgoing } from './outgoing.ts';

const text = (type: string, dataText: string): string => `{"type":${JSON.stringify(type)},"data":${dataText}}`;

export function orderedMessage(type: string, dataText: string): Outgoing {
  return { data: text(type, dataText), delivery: 'ordered', key: '' };
}

export function latestMessage(type: string, key: string, dataText: string): Outgoing {
  return { data: text(type, dataText), delivery: 'latest', key: `${type}:${key}` };
}

/** The whole map of progress: of two that follow each other, most is the same. */
export function progressMessage(promptId: string, data: TextPieces): Outgoing {
  const pieces = new TextPieces(['{"type":"progress_state","data":', ...data.pieces, '}']);
  return { data: pieces, delivery: 'latest', key: `progress_state:${promptId}` };
}

/** Tells how many prompts wait or run; the first one to a socket also tells its id. */
export function statusMessage(queueRemaining: number, sid?: string): Outgoing {
  const ending = sid === undefined ? '' : `,"sid":${JSON.stringify(sid)}`;
  return latestMessage('status', '', `{"status":{"exec_info":{"queue_remaining":${queueRemaining}}}${ending}}`);
}

/** The end of a prompt: by now its record can be read. */
export function endMessage(promptId: string): Outgoing {
  return orderedMessage('executing', `{"node":null,"prompt_id":${JSON.stringify(promptId)}}`);
}
