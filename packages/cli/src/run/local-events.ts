import type { ExecutionEvent } from '@snug/executor';
import { asObject, parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { RunEvent } from './prompt-host.ts';

/** From what the executor tells to what is shown: nodes that expansion added stand behind those they came from. */
export class LocalEvents {
  readonly #outputs: JsonObject;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #displayed = new Map<string, string>();
  /** The submitted node that started last. */
  current: string | undefined;

  constructor(outputs: JsonObject, onEvent: (event: RunEvent) => void) {
    this.#outputs = outputs;
    this.#onEvent = onEvent;
  }

  take(event: ExecutionEvent): void {
    switch (event.type) {
      case 'started':
        this.#onEvent({ type: 'started' });
        break;
      case 'cached':
        this.#onEvent({ type: 'cached', nodes: event.nodes });
        break;
      case 'nodes-added':
        for (const { id, displayId } of event.nodes) this.#displayed.set(id, displayId);
        break;
      case 'node-started':
        this.current = this.#displayed.get(event.node) ?? event.node;
        this.#onEvent({ type: 'node-started', node: this.current });
        break;
      case 'node-progressed':
        if (!this.#displayed.has(event.node)) {
          this.#onEvent({ type: 'progress', node: event.node, value: event.value, max: event.max });
        }
        break;
      case 'node-finished':
        if (!this.#displayed.has(event.node)) this.#onEvent({ type: 'node-finished', node: event.node });
        break;
      case 'output-shown': {
        const output = asObject(parseJson(event.outputText));
        if (!output) break;
        this.#outputs.set(event.node, output);
        this.#onEvent({ type: 'output', node: this.#displayed.get(event.node) ?? event.node, output });
        break;
      }
      case 'node-blocked':
        this.#onEvent({ type: 'warning', message: `node ${event.node} (${event.nodeType}): ${event.message}` });
        break;
      case 'text-shown':
      case 'custom-sent':
      case 'logged':
      case 'succeeded':
      case 'failed':
      case 'interrupted':
        break;
    }
  }
}
