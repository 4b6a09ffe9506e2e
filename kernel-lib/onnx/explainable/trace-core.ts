import type { InputColumns } from "./model-columns";
import type { ModelGraph } from "./model-graph";
import { traceNode } from "./stages";
import { isTraced, type Trace, type Untraced } from "./trace";

/** More values a row than all stages of any model make; sizes are claims of a few bytes. */
const mostValues = 20_000_000;

/** Where the values of a tensor come from, and the nodes that make it, in their order. */
export function traceTensor(
  tensor: string,
  graph: ModelGraph,
  inputs: readonly InputColumns[],
): { trace: Trace | Untraced; nodes: number[] } {
  const nodes = ancestors(tensor, graph);
  const traces = new Map<string, Trace | Untraced>(
    inputs.map(({ name, start, width, rank }) => [
      name,
      rank < 1 || rank > 2
        ? { why: `input ${name} is no table` }
        : {
            shape: rank === 1 ? [] : [width],
            origins: Int32Array.from({ length: width }, (_, i) => start + i),
          },
    ]),
  );
  let values = 0;
  for (const index of nodes) {
    const node = graph.nodes[index];
    if (node === undefined || graph.constant(node.outputs[0] ?? "")) continue;
    traceNode(node, graph, (name) => traces.get(name)).forEach((trace, i) => {
      values += isTraced(trace) ? trace.origins.length : 0;
      traces.set(node.outputs[i] ?? "", values > mostValues ? tooMany : trace);
    });
  }
  return { trace: traces.get(tensor) ?? { why: "the core takes a constant" }, nodes };
}

const tooMany: Untraced = { why: "the stages make too many values" };

/** The nodes that a tensor needs, in the order of the file. */
function ancestors(tensor: string, graph: ModelGraph): number[] {
  const found = new Set<number>();
  const open = [tensor];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = graph.maker(name);
    if (maker === undefined || found.has(maker.index)) continue;
    found.add(maker.index);
    open.push(...maker.inputs);
  }
  return [...found].sort((a, b) => a - b);
}
