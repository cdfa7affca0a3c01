/** Workflows that are written as programs: one function per class of node. */
import { ClientError } from '../errors.ts';
import type { Client, EnqueueOptions } from './client.ts';
import type { BuiltinNodeClasses, ComfyUINodeClass, NodeClassInputs } from './node-classes.ts';
import { InvokedWorkflow } from './invoked-workflow.ts';
import type { IWorkflow, NodeOutput, WorkflowOutput, WorkflowPromptNode } from './workflow-types.ts';

export type InvokeOptions<T = unknown> = Pick<
  EnqueueOptions<T>,
  'resolver' | 'progress' | 'polling_ms' | 'timeout_ms' | 'on_error' | 'signal'
>;

export interface NodeOptions {
  /** Default: the next number that is free. */
  id?: string | undefined;
  /** What people call the node. */
  title?: string | undefined;
}

/** Outputs that have a member of their own; the rest come out of the iterator. */
const INDEXED_OUTPUTS = 24;

export class Workflow {
  /** A function per class: `classes.KSampler({ ... })` adds a node and returns its outputs. Any class will do. */
  readonly classes: BuiltinNodeClasses & Record<string, ComfyUINodeClass>;
  protected _workflow: IWorkflow = { prompt: {} };
  protected _last_node_id = 0;

  constructor() {
    const add = (class_type: string) => (inputs?: NodeClassInputs, options?: NodeOptions) =>
      this.node(class_type, inputs, options);
    this.classes = new Proxy({} as Workflow['classes'], {
      get: (_target, key) => (typeof key === 'symbol' || key === 'then' ? undefined : add(key)),
    });
  }

  /**
   * Adds a node of any class, whatever its name. The outputs are without end: nobody knows here how many there are.
   * @throws {ClientError} `invalid_workflow` for an id that is taken
   */
  node(node_name: string, inputs: NodeClassInputs = {}, { id, title }: NodeOptions = {}): NodeOutput[] {
    const { prompt } = this._workflow;
    if (id !== undefined && id in prompt) throw new ClientError('invalid_workflow', `id: ${id} is a node already.`);
    const node_id = id ?? this.#nextId();
    const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
    const node: WorkflowPromptNode = { class_type: node_name, inputs: Object.fromEntries(given) };
    prompt[node_id] = title === undefined ? node : { ...node, _meta: { title } };
    return outputsOf(node_id);
  }

  #nextId(): string {
    do this._last_node_id++;
    while (String(this._last_node_id) in this._workflow.prompt);
    return String(this._last_node_id);
  }

  reset(): void {
    this._workflow = { prompt: {} };
    this._last_node_id = 0;
  }

  /** A copy, in the form that servers take. */
  workflow(): IWorkflow {
    return structuredClone(this._workflow);
  }
  /** @deprecated Use `workflow`. */
  end(): IWorkflow {
    return this.workflow();
  }
  /** The prompt alone. */
  toApi(): IWorkflow['prompt'] {
    return this.workflow().prompt;
  }

  /** Runs it to its end. @throws as `InvokedWorkflow.enqueue` and `wait` */
  async invoke<T = unknown>(client: Client, options?: InvokeOptions<T>): Promise<WorkflowOutput<T>> {
    const invoked = this.instance(client, options);
    await invoked.enqueue();
    return invoked.wait_polling();
  }

  /** As `invoke`, for programs without a socket. */
  async invoke_polling<T = unknown>(client: Client, options: InvokeOptions<T> = {}): Promise<WorkflowOutput<T>> {
    const { prompt, workflow } = this.workflow();
    return client.enqueue_polling(prompt, { ...options, workflow });
  }

  /** One run, not sent yet. */
  instance<T = unknown>(client: Client, options: InvokeOptions<T> = {}): InvokedWorkflow<T> {
    return new InvokedWorkflow<T>({ ...options, workflow: this.workflow(), client });
  }
}

function outputsOf(node_id: string): NodeOutput[] {
  function* endless(): Generator<NodeOutput> {
    for (let slot = 0; ; slot++) yield [node_id, slot];
  }
  const indexed = Object.fromEntries(Array.from({ length: INDEXED_OUTPUTS }, (_, slot) => [slot, [node_id, slot]]));
  // a list for the compiler: programs take its elements by position and by destructuring
  return Object.assign(endless(), indexed) as never;
}
