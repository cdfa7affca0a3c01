/** Tells a person or a program how runs go. */
import type { RunEnd, RunEvent } from './prompt-host.ts';
import type { ListedText, PlacedFile } from './run-outputs.ts';
import type { RunProgress } from './run-progress.ts';

/** One workflow on its way. */
export interface RunView {
  /** The name of its file. */
  readonly name: string;
  /** What a person calls a node. */
  readonly label: (node: string) => string;
  readonly classType: (node: string) => string;
  readonly progress: RunProgress;
}

/** A run that is over, with what it left. */
export interface Ended {
  readonly end: RunEnd;
  readonly files: readonly PlacedFile[];
  readonly texts: readonly ListedText[];
  /** Since the command began with it. */
  readonly seconds: number;
}

export interface Reporter {
  /** A workflow is going to run. */
  begin(run: RunView): void;
  /** Called after the run's progress took the event. */
  event(run: RunView, event: RunEvent): void;
  ended(run: RunView, ended: Ended): void;
  /** A file holds nothing to run. */
  unreadable(name: string, reason: string): void;
  /** Nothing can be run, or one file cannot, for a reason that lies elsewhere. */
  trouble(name: string | undefined, reason: string): void;
  /** A line that nodes printed, or one that says what goes on. */
  note(text: string): void;
  close(): void;
}

/** Where commands write. */
export interface Output {
  /** Results: paths, texts, events. */
  readonly result: (line: string) => void;
  /** Everything that is meant for a person. */
  readonly say: (line: string) => void;
}

export function standardOutput(): Output {
  // who reads the results may have read enough
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return { result: (line) => console.log(line), say: (line) => console.error(line) };
}
