import { asObject } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { resolveDynamicText } from './dynamic-text.ts';
import { flattenWorkflow } from './flat-graph.ts';
import type { FlatNode } from './flat-graph.ts';
import { LinkTracer } from './link-source.ts';
import type { HeldValue } from './link-source.ts';
import { advanceValue } from './value-control.ts';
import type { WidgetSpec } from './widget-spec.ts';
import { readWidgets } from './widget-values.ts';
import { MAX_PROBLEMS } from './workflow.ts';
import type { Workflow, WorkflowProblem } from './workflow.ts';

export interface ConvertOptions {
  /**
   * Gives numbers in [0, 1). With it, texts with choices (`{a|b}`) are resolved and `randomize` draws; without it both
   * stay as they are saved.
   */
  random?: (() => number) | undefined;
  /**
   * `keep` runs the saved values, as a first press of the front end's button does. `advance` first changes each value
   * the way its control says, as every further press does. Default `keep`.
   */
  controlSeeds?: 'keep' | 'advance' | undefined;
}

/** Something that converts, yet perhaps not as its author meant it. */
export interface ConversionWarning {
  readonly nodeId: string;
  readonly type: 'input_disconnected' | 'widget_mismatch' | 'unknown_choice';
  readonly message: string;
}

export type Conversion =
  | { readonly kind: 'converted'; readonly prompt: JsonObject; readonly warnings: readonly ConversionWarning[] }
  | { readonly kind: 'refused'; readonly problems: readonly WorkflowProblem[] };

/**
 * The prompt that the front end would submit for a workflow: ids of nodes inside subgraphs are `outer:inner`, muted,
 * bypassed and front-end nodes are gone, widget values stand under their input's name and keep their kind.
 *
 * @param descriptions Node descriptions by class, as `GET /object_info` gives them.
 * @returns The prompt in API form, or all problems at once.
 */
export function workflowToPrompt(
  workflow: Workflow,
  descriptions: ReadonlyMap<string, NodeDescription>,
  options: ConvertOptions = {},
): Conversion {
  const flat = flattenWorkflow(workflow, descriptions);
  if (flat.problems.length) return { kind: 'refused', problems: flat.problems };
  const converter = new Converter(workflow, descriptions, options);
  const prompt: JsonObject = new Map();
  for (const node of flat.nodes) {
    prompt.set(node.id, converter.convert(node));
    if (converter.isExhausted) break;
  }
  const { problems, warnings } = converter;
  return problems.length ? { kind: 'refused', problems } : { kind: 'converted', prompt, warnings };
}

class Converter {
  readonly problems: WorkflowProblem[] = [];
  readonly warnings: ConversionWarning[] = [];
  isExhausted = false;
  readonly #descriptions: ReadonlyMap<string, NodeDescription>;
  readonly #options: ConvertOptions;
  readonly #tracer: LinkTracer;
  readonly #advanced = new Map<object, Map<string, Json>>();

  constructor(workflow: Workflow, descriptions: ReadonlyMap<string, NodeDescription>, options: ConvertOptions) {
    this.#descriptions = descriptions;
    this.#options = options;
    this.#tracer = new LinkTracer(workflow, descriptions);
  }

  convert(flat: FlatNode): JsonObject {
    const { node } = flat;
    const description = this.#descriptions.get(node.type)!;
    const inputs: JsonObject = new Map();
    const widgets = this.#putWidgets(flat, description, inputs);
    this.#putLinks(flat, widgets, inputs);
    return new Map<string, Json>([
      ['inputs', inputs],
      ['class_type', node.type],
      ['_meta', new Map([['title', node.title ?? displayName(description) ?? node.type]])],
    ]);
  }

  #putWidgets({ scope, node, id }: FlatNode, description: NodeDescription, inputs: JsonObject): Widgets {
    const { values, misfits } = readWidgets(node, description, scope.host?.values.byWidget.get(node.id));
    if (misfits.length) {
      const message = `The saved values of node ${id} do not fit the inputs of ${node.type}: check ${listed(misfits)}.`;
      this.#warn(id, 'widget_mismatch', message);
    }
    const widgets: Widgets = new Map();
    for (const [name, { spec, value, control }] of values) {
      widgets.set(name, { spec, control });
      if (spec.branches && !spec.branches.has(value)) {
        this.#warn(id, 'unknown_choice', `Input ${name} of node ${id} is set to a choice that ${node.type} lacks.`);
      }
      inputs.set(name, literal(this.#settle(value, spec, control)));
    }
    return widgets;
  }

  #putLinks({ scope, node, id }: FlatNode, widgets: Widgets, inputs: JsonObject): void {
    for (const { name, type, link } of node.inputs) {
      if (link === undefined) continue;
      const source = this.#tracer.trace(scope, link, type);
      switch (source.kind) {
        case 'output':
          inputs.set(name, [source.nodeId, source.slot]);
          break;
        case 'value':
          inputs.set(name, literal(this.#shared(source, widgets.get(name))));
          break;
        case 'muted':
          inputs.delete(name);
          this.#warn(
            id,
            'input_disconnected',
            `Input ${name} of node ${id} is left out: node ${source.nodeId} is muted.`,
          );
          break;
        case 'cycle':
          this.#refuse(id, 'link_cycle', `Input ${name} of node ${id} is fed by links that go in circles: cut one.`);
          break;
        case 'exhausted':
          this.isExhausted = true;
          this.#refuse('', 'too_large', 'The links of the workflow take too long to follow: use fewer reroutes.');
          return;
        case 'nothing':
          break;
      }
    }
  }

  /** The value that a primitive or a host holds for several inputs: it advances once for all of them. */
  #shared({ value, control, holder, name }: HeldValue, widget: Widget | undefined): Json {
    if (!widget) return value;
    const settled = this.#advanced.get(holder) ?? new Map<string, Json>();
    const known = settled.get(name);
    if (known !== undefined) return known;
    const own = this.#settle(value, widget.spec, control ?? widget.control);
    this.#advanced.set(holder, settled.set(name, own));
    return own;
  }

  #settle(value: Json, spec: WidgetSpec, control: string | undefined): Json {
    const { random, controlSeeds } = this.#options;
    if (random && typeof value === 'string' && spec.options.get('dynamicPrompts') === true) {
      return resolveDynamicText(value, random);
    }
    return control !== undefined && controlSeeds === 'advance' ? advanceValue(value, spec, control, random) : value;
  }

  #warn(nodeId: string, type: ConversionWarning['type'], message: string): void {
    if (this.warnings.length < MAX_PROBLEMS) this.warnings.push({ nodeId, type, message });
  }

  #refuse(nodeId: string, type: WorkflowProblem['type'], message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ nodeId, type, message });
  }
}

interface Widget {
  readonly spec: WidgetSpec;
  readonly control: string | undefined;
}

type Widgets = Map<string, Widget>;

/** A bare list would be taken for a link. */
function literal(value: Json): Json {
  return Array.isArray(value) ? new Map<string, Json>([['__value__', value]]) : value;
}

function displayName(description: NodeDescription): string | undefined {
  for (const key of ['display_name', 'name']) {
    const name = asObject(description)?.get(key);
    if (typeof name === 'string' && name !== '') return name;
  }
  return undefined;
}

function listed(names: readonly string[]): string {
  const told = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${told} and ${names.length - 5} more` : told;
}
