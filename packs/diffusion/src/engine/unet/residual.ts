import { add, conv, groupNorm, linearRows, silu } from '../onnx/layers.ts';
import type { GraphWriter, Value } from '../onnx/graph.ts';

/** Two convolutions around which the input goes past; between them the time is added to each channel. */
export function residualBlock(graph: GraphWriter, x: Value, time: Value, name: string): Value {
  const before = conv(graph, silu(graph, groupNorm(graph, x, `${name}.in_layers.0`)), `${name}.in_layers.2`);
  const moment = linearRows(graph, time, `${name}.emb_layers.1`);
  const timed = add(graph, before, { ...moment, name: graph.op('Unsqueeze', [moment.name, graph.ints([2, 3])]) });
  const after = conv(graph, silu(graph, groupNorm(graph, timed, `${name}.out_layers.0`)), `${name}.out_layers.3`);
  const skip = `${name}.skip_connection`;
  return add(graph, graph.has(`${skip}.weight`) ? conv(graph, x, skip) : x, after);
}
