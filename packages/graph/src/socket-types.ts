import { DYNAMIC_TYPES } from '@snug/protocol';
import type { InputType } from '@snug/protocol';

const members = (type: string): string[] => type.split(',').map((one) => one.trim());

/** Whether an output of one type may feed an input of another. */
export function typesConnect(received: InputType, declared: InputType): boolean {
  if (received === declared) return true;
  if (received === '*' || declared === '*') return true;
  if (received === DYNAMIC_TYPES.match || declared === DYNAMIC_TYPES.match) return true;
  if (Array.isArray(received) && declared === 'COMBO') return true;
  if (typeof received !== 'string' || typeof declared !== 'string') return sameOptions(received, declared);
  if (received === '' || declared === '') return false;
  const offered = new Set(members(received));
  return offered.has('*') || members(declared).some((one) => one === '*' || offered.has(one));
}

function sameOptions(received: InputType, declared: InputType): boolean {
  if (!Array.isArray(received) || !Array.isArray(declared)) return false;
  return received.length === declared.length && received.every((option, at) => option === declared[at]);
}
