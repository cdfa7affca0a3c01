import { stringifyJson, toJson } from '@snug/protocol';
import type { RunEvent } from './prompt-host.ts';
import type { Ended, Output, Reporter, RunView } from './reporter.ts';

/** Milliseconds between two events of progress of one run. */
const INTERVAL_MS = 100;

/** One event a line, for programs. */
export class JsonReporter implements Reporter {
  readonly #output: Output;
  readonly #toldAt = new Map<RunView, number>();

  constructor(output: Output) {
    this.#output = output;
  }

  begin(): void {}

  event(run: RunView, event: RunEvent): void {
    const share = Math.round(run.progress.share * 1000) / 1000;
    switch (event.type) {
      case 'queued':
        this.#tell('queued', run, { prompt_id: event.promptId });
        break;
      case 'node-started':
        this.#tell('node', run, { ...nodeFacts(run, event.node), share });
        break;
      case 'node-finished':
        this.#tell('node_finished', run, { node: event.node, share });
        break;
      case 'progress': {
        const now = performance.now();
        const isLast = event.value >= event.max;
        if (!isLast && now - (this.#toldAt.get(run) ?? -Infinity) < INTERVAL_MS) break;
        this.#toldAt.set(run, now);
        this.#tell('progress', run, { node: event.node, value: event.value, max: event.max, share });
        break;
      }
      case 'started':
      case 'cached':
      case 'output':
      case 'warning': {
        const { type, ...facts } = event;
        this.#tell(type, run, facts);
        break;
      }
    }
  }

  ended(run: RunView, { end, files, texts, seconds }: Ended): void {
    const outputs = { files, texts };
    const took = { seconds: Math.round(seconds * 1000) / 1000 };
    switch (end.kind) {
      case 'done':
        this.#tell('done', run, { ...outputs, ...took, problems: end.refusals.map(wireRefusal) });
        break;
      case 'failed':
        this.#tell('failed', run, { ...nodeFacts(run, end.node), reason: end.reason, ...outputs, ...took });
        break;
      case 'cancelled':
        this.#tell('cancelled', run, { ...outputs, ...took });
        break;
      case 'refused':
        this.#tell('refused', run, { problems: end.refusals.map(wireRefusal) });
        break;
      case 'lost':
        this.#tell('lost', run, { reason: end.reason, ...took });
        break;
    }
  }

  unreadable(name: string, reason: string): void {
    this.#tell('refused', { name }, { problems: [wireRefusal({ node: '', classType: '', input: '', reason })] });
  }

  trouble(name: string | undefined, reason: string): void {
    this.#output.result(JSON.stringify({ event: 'error', file: name, reason }));
    this.#output.say(reason);
  }

  note(text: string): void {
    this.#output.say(text);
  }

  close(): void {}

  #tell(event: string, run: Pick<RunView, 'name'>, facts: object): void {
    this.#output.result(stringifyJson(toJson({ event, file: run.name, ...facts })));
  }
}

function nodeFacts(run: RunView, node: string): object {
  return { node, class_type: run.classType(node), title: run.label(node) };
}

function wireRefusal({ classType, ...refusal }: { node: string; classType: string; input: string; reason: string }) {
  return { ...refusal, class_type: classType };
}
