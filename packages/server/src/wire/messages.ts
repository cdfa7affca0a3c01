/** Text messages to clients. The data is JSON text already, so that nothing is encoded twice. */
import { TextPieces } from './outgoing.ts';
import type { Outgoing } from './outgoing.ts';

function text(type: string, data: string | TextPieces): string | TextPieces {
  const start = `{"type":${JSON.stringify(type)},"data":`;
  return typeof data === 'string' ? `${start}${data}}` : new TextPieces([start, ...data.pieces, '}']);
}

export function orderedMessage(type: string, dataText: string): Outgoing {
  return { data: text(type, dataText), delivery: 'ordered', key: '' };
}

export function latestMessage(type: string, key: string, data: string | TextPieces): Outgoing {
  return { data: text(type, data), delivery: 'latest', key: `${type}:${key}` };
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
