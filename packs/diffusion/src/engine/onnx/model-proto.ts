/** The messages of onnx.proto that a graph is made of, with their field numbers. */
import { ProtoWriter } from './protobuf.ts';

/** ONNX's numbers for types of numbers. */
export const ELEMENT = {
  float: 1,
  int64: 7,
  float16: 10,
  double: 11,
  bfloat16: 16,
  float8e4m3: 17,
  float8e5m2: 19,
} as const;
export type Element = keyof typeof ELEMENT;

const IR_VERSION = 9;
/** The oldest that has Gelu and LayerNormalization as operators. */
const OPSET = 20;
/** Operators of the runtime itself. */
export const MICROSOFT = 'com.microsoft';

/** Whole numbers are plain, floats are marked: 1 and 1.0 are two things to ONNX. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface NodeSpec {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  readonly domain: string;
}

const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

function writeAttribute(proto: ProtoWriter, name: string, value: Attribute): void {
  proto.text(1, name);
  if (typeof value === 'number') proto.int(3, value).int(20, ATTRIBUTE.int);
  else if (typeof value === 'string') proto.text(4, value).int(20, ATTRIBUTE.string);
  else if ('float' in value) proto.float(2, value.float).int(20, ATTRIBUTE.float);
  else {
    for (const one of value) proto.int(8, one);
    proto.int(20, ATTRIBUTE.ints);
  }
}

export function writeNode(graph: ProtoWriter, node: NodeSpec): void {
  graph.message(1, (proto) => {
    for (const name of node.inputs) proto.text(1, name);
    for (const name of node.outputs) proto.text(2, name);
    proto.text(3, node.outputs[0] ?? '').text(4, node.type);
    for (const [name, value] of Object.entries(node.attributes))
      proto.message(5, (attribute) => writeAttribute(attribute, name, value));
    if (node.domain) proto.text(7, node.domain);
  });
}

/** A constant whose numbers are in the graph. */
export function writeConstant(
  graph: ProtoWriter,
  constant: { name: string; element: Element; shape: readonly number[]; bytes: Uint8Array },
): void {
  graph.message(5, (proto) => {
    for (const side of constant.shape) proto.int(1, side);
    proto.int(2, ELEMENT[constant.element]).text(8, constant.name).bytes(9, constant.bytes);
  });
}

/** A constant whose numbers are in another file, `file` being a path from the folder that the session is told. */
export function writeExternal(
  graph: ProtoWriter,
  constant: { name: string; element: Element; shape: readonly number[]; file: string; offset: number; length: number },
): void {
  const EXTERNAL = 1;
  const { file, offset, length } = constant;
  graph.message(5, (proto) => {
    for (const side of constant.shape) proto.int(1, side);
    proto.int(2, ELEMENT[constant.element]).text(8, constant.name);
    for (const [key, value] of Object.entries({ location: file, offset: `${offset}`, length: `${length}` }))
      proto.message(13, (entry) => entry.text(1, key).text(2, value));
    proto.int(14, EXTERNAL);
  });
}

/** A side of an input is a number, or a name when it is known only when the graph runs. */
export function writePort(
  graph: ProtoWriter,
  port: { direction: 'input' | 'output'; name: string; element: Element; shape: readonly (number | string)[] },
): void {
  graph.message(port.direction === 'input' ? 11 : 12, (proto) => {
    proto.text(1, port.name).message(2, (type) =>
      type.message(1, (tensor) => {
        tensor.int(1, ELEMENT[port.element]).message(2, (shape) => {
          for (const side of port.shape)
            shape.message(1, (dim) => (typeof side === 'number' ? dim.int(1, side) : dim.text(2, side)));
        });
      }),
    );
  });
}

/** The whole file around a graph. */
export function writeModel(graph: Uint8Array): Uint8Array {
  const model = new ProtoWriter().int(1, IR_VERSION).text(2, 'snug').bytes(7, graph);
  model.message(8, (opset) => opset.text(1, '').int(2, OPSET));
  model.message(8, (opset) => opset.text(1, MICROSOFT).int(2, 1));
  return model.finish();
}
