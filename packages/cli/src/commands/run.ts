import { resolve } from 'node:path';
import type { Json, NodeDescription } from '@snug/protocol';
import { FlagError } from '../flags.ts';
import { catchInterrupts, EXIT_CANCELLED } from '../run/interrupt.ts';
import { JsonReporter } from '../run/json-reporter.ts';
import { openHost } from '../run/open-host.ts';
import { neededNodes, nodeClass, nodeLabel, parseSet, preparePrompt } from '../run/prepare-prompt.ts';
import { NoNameLeft } from '../run/place-copy.ts';
import { HostError } from '../run/prompt-host.ts';
import type { PromptHost, RunEnd } from '../run/prompt-host.ts';
import { standardOutput } from '../run/reporter.ts';
import type { Reporter, RunView } from '../run/reporter.ts';
import { readWhere, WHERE_HELP } from '../run/run-flags.ts';
import { listOutputs, placeOutputs } from '../run/run-outputs.ts';
import { RunProgress } from '../run/run-progress.ts';
import { terminalReporter } from '../run/terminal.ts';
import { readWorkflowFile, WorkflowUnreadable } from '../run/workflow-file.ts';
import type { WorkflowFile } from '../run/workflow-file.ts';

const HELP = `snug run FILE...: runs workflows and tells where their files are

FILE is a workflow, a prompt in API form, a picture that carries one, or - for the standard input.

  --set NODE.INPUT=VALUE sets an input, as in --set 6.text="a cat" (repeatable; JSON, else text)
  --out DIR              brings the files to this folder
  --json                 one event a line on the standard output
${WHERE_HELP}

Exit codes: 0 done, 1 failed, 2 refused, 130 cancelled.`;

const EXIT = { done: 0, failed: 1, lost: 1, refused: 2, cancelled: EXIT_CANCELLED } as const;
/** Of several runs, the gravest decides. */
const GRAVITY = [EXIT_CANCELLED, 1, 2, 0];

interface Session {
  readonly host: PromptHost;
  readonly reporter: Reporter;
  readonly descriptions: ReadonlyMap<string, NodeDescription>;
  readonly sets: ReadonlyMap<string, Json>;
  readonly out: string | undefined;
  readonly signal: AbortSignal;
  /** From now on there is something to cancel. */
  readonly onRun: () => void;
}

/** `snug run`: runs workflows on a server, or in this process. */
export async function run(args: readonly string[]): Promise<number> {
  const { where, flags, rest } = readWhere(args, { set: 'repeated', json: 'none', out: 'one' });
  if (flags.has('help')) {
    console.log(HELP);
    return 0;
  }
  if (!rest.length) throw new FlagError('Name a workflow to run, as in `snug run examples/photo.json`.');
  const sets = new Map((flags.get('set') ?? []).map(parseSet));
  const out = flags.get('out')?.[0];
  const output = standardOutput();
  const reporter = flags.has('json') ? new JsonReporter(output) : terminalReporter(output);
  let isUnderWay = false;
  const interrupt = catchInterrupts(
    () => isUnderWay,
    () => reporter.close(),
  );
  let host: PromptHost | undefined;
  try {
    const files = await readFiles(rest, reporter);
    const readable = files.filter((file) => file !== undefined);
    const codes = files.length > readable.length ? [EXIT.refused as number] : [];
    if (readable.length) {
      host = await openHost(where, (line) => reporter.note(line));
      const descriptions = await host.descriptions();
      const onRun = (): void => void (isUnderWay = true);
      const { signal } = interrupt;
      const session = { host, reporter, descriptions, sets, out: out && resolve(out), signal, onRun };
      codes.push(...(await runAll(readable, session)));
    }
    return GRAVITY.find((code) => codes.includes(code)) ?? 0;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    reporter.trouble(undefined, error.message);
    return 1;
  } finally {
    reporter.close();
    await host?.close();
    interrupt.release();
  }
}

async function readFiles(paths: readonly string[], reporter: Reporter): Promise<(WorkflowFile | undefined)[]> {
  const files: (WorkflowFile | undefined)[] = [];
  for (const path of paths) {
    try {
      files.push(await readWorkflowFile(path));
    } catch (error) {
      if (!(error instanceof WorkflowUnreadable)) throw error;
      reporter.unreadable(path, error.message);
      files.push(undefined);
    }
  }
  return files;
}

/** Submits one after another, in the order given, and follows all of them at once. */
async function runAll(files: readonly WorkflowFile[], session: Session): Promise<number[]> {
  const ends: Promise<number>[] = [];
  for (const file of files) {
    let isSubmitted = (): void => {};
    const submitted = new Promise<void>((resolve) => (isSubmitted = resolve));
    const end = runOne(file, session, isSubmitted).catch((error: unknown) => {
      if (!isExpected(error)) throw error;
      session.reporter.trouble(file.name, error.message);
      return 1;
    });
    ends.push(end);
    await Promise.race([submitted, end]);
  }
  return Promise.all(ends);
}

async function runOne(file: WorkflowFile, session: Session, onSubmitted: () => void): Promise<number> {
  const { host, reporter, descriptions, sets, out, signal, onRun } = session;
  const begun = performance.now();
  const prepared = await preparePrompt(file, sets, descriptions, (path) => host.bring(path));
  const prompt = prepared.kind === 'ready' ? prepared.job.prompt : new Map<string, Json>();
  const view: RunView = {
    name: file.name,
    progress: new RunProgress(neededNodes(prompt, descriptions)),
    label: (node) => nodeLabel(prompt, node, descriptions),
    classType: (node) => nodeClass(prompt, node),
  };
  const conclude = async (end: RunEnd): Promise<number> => {
    const { files, texts } = listOutputs('outputs' in end ? end.outputs : new Map());
    const placed = await placeOutputs(files, host, out);
    reporter.ended(view, { end, files: placed, texts, seconds: (performance.now() - begun) / 1000 });
    return end.kind === 'done' && end.refusals.length ? EXIT.refused : EXIT[end.kind];
  };
  if (prepared.kind === 'refused') return conclude(prepared);
  reporter.begin(view);
  for (const message of prepared.warnings) reporter.event(view, { type: 'warning', message });
  onRun();
  const end = await host.run(prepared.job, {
    signal,
    onEvent(event) {
      if (event.type === 'queued') onSubmitted();
      view.progress.take(event, performance.now());
      reporter.event(view, event);
    },
  });
  return conclude(end);
}

/** The host cannot be used, or a file cannot be read or written. */
function isExpected(error: unknown): error is Error {
  if (error instanceof HostError || error instanceof NoNameLeft) return true;
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined;
}
