/** Runs prompts in this process, without a server. */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { createFolders, isEnd, isWithin, resolveInside } from '@snug/executor';
import type { EndEvent, Folders } from '@snug/executor';
import { validatePrompt } from '@snug/graph';
import { asObject, parseJson, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { Catalogue } from '@snug/server';
import type { ServeOptions } from '../serve-options.ts';
import { LocalCode } from './local-code.ts';
import { LocalEvents } from './local-events.ts';
import { placeCopyOf } from './place-copy.ts';
import { HostError } from './prompt-host.ts';
import type { OutputFile, PromptControl, PromptHost, PromptJob, RunEnd, RunEvent } from './prompt-host.ts';
import { allRefusals, nodeRefusals } from './refusals.ts';

/** Milliseconds that a node has to stop; then nobody waits for it any longer. */
const CANCEL_MS = 5000;

export class LocalHost implements PromptHost {
  readonly #folders: Folders;
  readonly #code: LocalCode;
  readonly #catalogue: Catalogue;
  #loaded: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param onLine takes what nodes print */
  constructor(options: ServeOptions, onLine: (line: string) => void) {
    this.#folders = createFolders(options.folders);
    this.#code = new LocalCode(this.#folders, options, onLine);
    this.#catalogue = new Catalogue(this.#code);
  }

  async descriptions(): Promise<ReadonlyMap<string, NodeDescription>> {
    await (this.#loaded ??= this.#catalogue.load());
    const all = asObject(parseJson(this.#catalogue.toText())) ?? new Map<string, Json>();
    return new Map([...all].map(([classType, description]) => [classType, asObject(description) ?? new Map()]));
  }

  async bring(path: string): Promise<string> {
    const [input, real] = await Promise.all([realpath(this.#folders.input), realpath(path)]);
    const placed = isWithin(input, real) ? real : await placeCopyOf(real, input, basename(path));
    return relative(input, placed).split(sep).join('/');
  }

  /** One after another, as a server does. */
  run(job: PromptJob, control: PromptControl): Promise<RunEnd> {
    const ended = this.#turn.then(() => this.#run(job, control));
    this.#turn = ended.catch(() => {});
    return ended;
  }

  async locate(file: OutputFile): Promise<string> {
    return this.#pathOf(file);
  }

  async deliver(file: OutputFile, folder: string): Promise<string> {
    return placeCopyOf(this.#pathOf(file), folder, file.filename);
  }

  close(): Promise<void> {
    return this.#code.close();
  }

  async #run({ prompt, workflow }: PromptJob, { onEvent, signal }: PromptControl): Promise<RunEnd> {
    const outputs: JsonObject = new Map();
    if (signal.aborted) return { kind: 'cancelled', outputs };
    await (this.#loaded ??= this.#catalogue.load());
    await this.#catalogue.refreshFor(prompt);
    const validation = await validatePrompt(prompt, {
      typeOf: (classType) => this.#catalogue.typeOf(classType),
      check: (checks) => this.#catalogue.check(checks),
    });
    if (validation.kind === 'refused') {
      return { kind: 'refused', refusals: allRefusals(validation.error, validation.nodeErrors) };
    }
    const promptId = randomUUID();
    onEvent({ type: 'queued', promptId });
    const extraData: JsonObject = new Map();
    if (workflow) extraData.set('extra_pnginfo', new Map([['workflow', workflow]]));
    const job = {
      promptId,
      promptText: stringifyJson(prompt),
      extraDataText: stringifyJson(extraData),
      targets: validation.targets,
    };
    const end = await this.#runToEnd(job, outputs, onEvent, signal);
    return end.kind === 'done' ? { ...end, refusals: nodeRefusals(validation.nodeErrors) } : end;
  }

  async #runToEnd(
    job: Parameters<LocalCode['run']>[0],
    outputs: JsonObject,
    onEvent: (event: RunEvent) => void,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    let last: EndEvent | undefined;
    const projection = new LocalEvents(outputs, onEvent);
    const ran = this.#code.run(job, (event) => {
      if (isEnd(event)) last = event;
      else projection.take(event);
    });
    let timer: NodeJS.Timeout | undefined;
    let onAbort = (): void => {};
    const overdue = new Promise<'overdue'>((resolve) => {
      onAbort = () => {
        this.#code.stop();
        timer = setTimeout(() => resolve('overdue'), CANCEL_MS);
      };
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      if ((await Promise.race([ran, overdue])) === 'overdue') return { kind: 'cancelled', outputs };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const node = projection.current ?? '';
      return { kind: 'failed', node, classType: '', reason: error.message, outputs };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
    if (last?.type === 'failed') {
      const { nodeId: node, nodeType: classType, message } = last.failure;
      return { kind: 'failed', node, classType, reason: message.trim(), outputs };
    }
    return last?.type === 'succeeded' ? { kind: 'done', outputs, refusals: [] } : { kind: 'cancelled', outputs };
  }

  #pathOf({ filename, subfolder, type }: OutputFile): string {
    const root = type === 'temp' || type === 'input' ? this.#folders[type] : this.#folders.output;
    const inside = resolveInside(root, subfolder, filename);
    // a pack may show anything as a file
    return inside.kind === 'inside' ? inside.path : join(root, basename(filename));
  }
}
