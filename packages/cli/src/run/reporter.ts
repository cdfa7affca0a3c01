/** Tells a person or a program how runs go. */
import type { RunEnd, RunEvent } from './prompt-host.ts';
import type { ListedText, PlacedFile } from './run-outputs.ts';
import type { RunProgress } from './run-progress.ts';

/** One workflow on its way. */
export interface RunView {
  /** The name of its file. */
  readonly name: string;
  /** What a person calls a node. */
  label(node: string): string;
  classType(node: string): string;
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
  /** A file could not be run at all. */
  unreadable(name: string, reason: string): void;
  /** A line that nodes printed, or one that says what goes on. */
  note(text: string): void;
  close(): void;
}

/** Where a reporter writes. */
export interface Output {
  /** Results: paths, texts, events. */
  result(line: string): void;
  /** Everything that is meant for a person. */
  say(line: string): void;
}
