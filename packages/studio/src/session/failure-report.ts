/** What a node failed with, with the inputs that it had: the record has them, the error of the job does not. */
import type { ExecutionError } from '@snug/client';
import type { FailureReport } from './session-state.ts';

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** @param record a job or an entry of the history, as the server sent it */
export function failureReport(error: ExecutionError, record: unknown): FailureReport {
  const { nodeId, classType, exceptionType, traceback } = error;
  const told = failureIn(record);
  const message = typeof told['exception_message'] === 'string' ? told['exception_message'] : error.message;
  return { nodeId, classType, exceptionType, traceback, message, inputs: membersOf(told['current_inputs']) };
}

function failureIn(record: unknown): Members {
  const { status, execution_status: ofJob, execution_error: direct } = membersOf(record);
  const { messages } = membersOf(status ?? ofJob);
  for (const message of Array.isArray(messages) ? (messages as unknown[]) : []) {
    const [type, data] = Array.isArray(message) ? (message as unknown[]) : [];
    if (type === 'execution_error') return membersOf(data);
  }
  return membersOf(direct);
}

/** For a person who asks somebody else for help. */
export function reportText(report: FailureReport, facts: Readonly<Record<string, string>>): string {
  const { nodeId, classType, exceptionType, message, inputs, traceback } = report;
  const lines = [
    `Node ${nodeId} (${classType}) failed`,
    `${exceptionType}: ${message.trim()}`,
    '',
    'Inputs',
    ...Object.entries(inputs).map(([name, value]) => `  ${name}: ${shorten(value)}`),
    '',
    'Stack',
    ...traceback.map((line) => `  ${line.trimEnd()}`),
    '',
    ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`),
  ];
  return lines.join('\n');
}

const MAX_VALUE = 500;

/** A value on one line, not longer than a person reads. */
export function shorten(value: unknown): string {
  // the wire tells each input as a list of its values
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  const text = typeof one === 'string' ? one : (JSON.stringify(one, (_key, inner: unknown) => plain(inner)) ?? '');
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
