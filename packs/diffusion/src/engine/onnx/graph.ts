/** Graphs in the making. A graph is only a description: numbers stay in the files that weights point to. */
import { join, parse, relative, sep } from 'node:path';
import { refuse } from '../files/tensor-file.ts';
import type { TensorFile } from '../files/tensor-file.ts';
import type { NumberType } from '../files/header.ts';
import type { Delta, Weight, Weights } from '../weights/weights.ts';
import { ProtoWriter } from './protobuf.ts';
import { ELEMENT, MICROSOFT, writeConstant, writeExternal, writeModel, writeNode, writePort } from './model-proto.ts';
import type { Attributes, Element } from './model-proto.ts';

/** A value that is computed: its name in the graph, and the length of its axis of channels or features. */
export interface Value {
  readonly name: string;
  readonly width: number;
}

export interface FinishedGraph {
  readonly bytes: Uint8Array;
  /** Names of its inputs and outputs. */
  readonly takes: readonly string[];
  readonly gives: readonly string[];
  /** That it points into. */
  readonly files: readonly TensorFile[];
  /** Where the runtime looks for the files of the weights. */
  readonly folder: string;
  /** What the weights take when they are loaded, in bytes. */
  readonly weightBytes: number;
}

const ELEMENTS: Partial<Record<NumberType, Element>> = {
  F64: 'double',
  F32: 'float',
  F16: 'float16',
  BF16: 'bfloat16',
  F8_E4M3: 'float8e4m3',
  F8_E5M2: 'float8e5m2',
};

export interface GraphOptions {
  /** Layers may keep more numbers than their weights have where that saves time, which it does on a CPU. Default false. */
  readonly tradesMemory?: boolean | undefined;
}

export class GraphWriter {
  readonly weights: Weights;
  readonly tradesMemory: boolean;
  readonly #proto = new ProtoWriter();
  readonly #external: { weight: Weight; name: string; shape: readonly number[]; element: Element }[] = [];
  readonly #known = new Map<string, string>();
  readonly #takes: string[] = [];
  readonly #gives: string[] = [];
  #names = 0;
  #weightBytes = 0;

  constructor(weights: Weights, { tradesMemory = false }: GraphOptions = {}) {
    this.weights = weights;
    this.tradesMemory = tradesMemory;
  }

  /** Sides are numbers, or names where they are known only when the graph runs. */
  input(name: string, shape: readonly (number | string)[], element: Element = 'float'): string {
    writePort(this.#proto, { direction: 'input', name, element, shape });
    this.#takes.push(name);
    return name;
  }

  output(name: string, value: string, shape: readonly (number | string)[]): void {
    this.#node('Identity', [value], [name]);
    writePort(this.#proto, { direction: 'output', name, element: 'float', shape });
    this.#gives.push(name);
  }

  /** Adds an operator of one result. */
  op(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.#newName();
    this.#node(type, inputs, [name], attributes);
    return name;
  }

  /** Adds one of the runtime's own operators. */
  runtimeOp(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.#newName();
    this.#node(type, inputs, [name], attributes, MICROSOFT);
    return name;
  }

  /** Cuts a value into equal parts along an axis. */
  split(value: string, parts: number, axis: number): string[] {
    const names = Array.from({ length: parts }, () => this.#newName());
    this.#node('Split', [value], names, { axis, num_outputs: parts });
    return names;
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#once(`floats ${shape.join()} ${values.join()}`, (name) => {
      const bytes = new Uint8Array(new Float32Array(values).buffer);
      writeConstant(this.#proto, { name, element: 'float', shape, bytes });
    });
  }

  ints(values: readonly number[]): string {
    return this.#once(`ints ${values.join()}`, (name) => {
      const bytes = new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
      writeConstant(this.#proto, { name, element: 'int64', shape: [values.length], bytes });
    });
  }

  /** The shape of a weight that has to be there. */
  shapeOf(name: string): readonly number[] {
    const { shape, isTransposed } = this.#find(name);
    return isTransposed ? shape.toReversed() : shape;
  }

  has(name: string): boolean {
    return this.weights.find(name) !== undefined;
  }

  /**
   * A weight with all that lies over it, as 32-bit floats.
   * @param shape as the graph wants it; its product has to be the weight's.
   */
  weight(name: string, shape: readonly number[] = this.shapeOf(name)): string {
    const known = `weight ${name} ${shape.join()}`;
    const before = this.#known.get(known);
    if (before) return before;
    const weight = this.#find(name);
    const deltas = this.weights.deltas(name);
    const isPlain = !deltas.length && !weight.isTransposed;
    let value = this.#load(weight, isPlain ? shape : weight.shape);
    if (weight.isTransposed) value = this.op('Transpose', [value], { perm: [1, 0] });
    for (const delta of deltas) value = this.op('Add', [value, this.#delta(delta, this.shapeOf(name))]);
    if (!isPlain) value = this.op('Reshape', [value, this.ints(shape)]);
    this.countWeights(product(shape));
    this.#known.set(known, value);
    return value;
  }

  /**
   * A weight in equal parts of its rows, each as {@link weight} would have it.
   * @param shape of the whole
   */
  rowsOf(name: string, shape: readonly number[], parts: number): string[] {
    const weight = this.#find(name);
    const [rows = 0, ...rest] = shape;
    expectCount(weight, shape);
    if (rows % parts) this.refuse(`the ${rows} rows of ${name} do not make ${parts} parts`);
    const isPlain = !this.weights.deltas(name).length && !weight.isTransposed;
    if (parts === 1 || !isPlain) {
      const whole = this.weight(name, shape);
      return parts === 1 ? [whole] : this.split(whole, parts, 0);
    }
    this.countWeights(product(shape));
    const length = weight.length / parts;
    return Array.from({ length: parts }, (_, part) => {
      const own = { ...weight, shape: [rows / parts, ...rest], length, offset: weight.offset + part * length };
      return this.#load(own, own.shape);
    });
  }

  /** What the weights so far take when they are loaded, in bytes. */
  get weightBytes(): number {
    return this.#weightBytes;
  }

  /** Says that the runtime keeps so many numbers more than were asked for. */
  countWeights(numbers: number): void {
    this.#weightBytes += numbers * 4;
  }

  /** Says that the file of the weights cannot be used. */
  refuse(problem: string): never {
    return refuse(this.weights.path, problem);
  }

  /** The graph as the runtime reads it. */
  finish(): FinishedGraph {
    const folder = commonFolder(this.#external.map(({ weight }) => weight.file.folder));
    for (const { weight, ...constant } of this.#external) {
      const { offset, length } = weight;
      if (!weight.file.folder.startsWith(folder))
        refuse(weight.file.path, `it is on another drive than ${this.weights.path}`);
      const file = relative(folder, join(weight.file.folder, weight.file.name));
      writeExternal(this.#proto, { ...constant, file, offset, length });
    }
    const bytes = writeModel(this.#proto.text(2, 'graph').finish());
    const files = [...new Set(this.#external.map(({ weight }) => weight.file))];
    return { bytes, takes: this.#takes, gives: this.#gives, files, folder, weightBytes: this.#weightBytes };
  }

  #find(name: string): Weight {
    return this.weights.find(name) ?? this.refuse(`it has no tensor ${name}`);
  }

  /** The numbers of a file; the runtime turns them into 32-bit floats once, while the session is made. */
  #load(weight: Weight, shape: readonly number[]): string {
    const { path } = weight.file;
    const element = ELEMENTS[weight.type];
    if (!element) refuse(path, `tensor ${weight.name} has numbers of type ${weight.type}`);
    expectCount(weight, shape);
    const name = this.#newName();
    this.#external.push({ weight, name, shape, element });
    return element === 'float' ? name : this.op('Cast', [name], { to: ELEMENT.float });
  }

  /** What a LoRA adds to a weight of this shape. */
  #delta(delta: Delta, shape: readonly number[]): string {
    const factor = this.floats([delta.factor], []);
    if (delta.kind === 'full') return this.op('Mul', [this.#load(delta.difference, shape), factor]);
    const [rank = 0] = delta.down.shape;
    const [rows = 0, columns = 0, ...kernel] = shape;
    const up = this.op('Mul', [this.#load(delta.up, [rows, rank]), factor]);
    if (delta.mid) {
      const mid = this.#load(delta.mid, [rank, rank, ...kernel]);
      const down = this.#load(delta.down, [rank, columns]);
      return this.op('Einsum', [up, mid, down], { equation: 'op,pqhw,qi->oihw' });
    }
    const down = this.#load(delta.down, [rank, product(shape) / rows]);
    return this.op('Reshape', [this.op('MatMul', [up, down]), this.ints(shape)]);
  }

  #once(key: string, write: (name: string) => void): string {
    const known = this.#known.get(key);
    if (known) return known;
    const name = this.#newName();
    write(name);
    this.#known.set(key, name);
    return name;
  }

  #newName(): string {
    return `v${this.#names++}`;
  }

  #node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
    domain = '',
  ): void {
    writeNode(this.#proto, { type, inputs, outputs, attributes, domain });
  }
}

function expectCount({ file, name, shape }: Weight, wanted: readonly number[]): void {
  if (product(wanted) !== product(shape))
    refuse(file.path, `tensor ${name} has the shape ${shape.join('×')}, not ${wanted.join('×')}`);
}

const product = (shape: readonly number[]): number => shape.reduce((all, side) => all * side, 1);

/** The deepest folder above all; files of one drive have at least its root. */
function commonFolder(folders: readonly string[]): string {
  const [first = '', ...others] = folders;
  const { root } = parse(first);
  let steps = first.slice(root.length).split(sep);
  for (const folder of others) {
    const theirs = folder.slice(root.length).split(sep);
    const same = steps.findIndex((step, at) => step !== theirs[at]);
    if (same >= 0) steps = steps.slice(0, same);
  }
  return join(root, ...steps);
}
