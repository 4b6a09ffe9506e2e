import type { InputColumns } from "./model-columns";
import type { ModelGraph } from "./model-graph";
import { traceNode } from "./stages";
import { isTraced, mostWork, type Trace, type Untraced } from "./trace";

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
  let work = 0;
  for (const index of nodes) {
    const node = graph.nodes[index];
    if (node === undefined || graph.constant(node.outputs[0] ?? "")) continue;
    for (const name of node.inputs) {
      const given = traces.get(name);
      work += given && isTraced(given) ? given.origins.length : 0;
    }
    const found =
      work > mostWork ? node.outputs.map(() => tooMuch) : traceNode(node, graph, traces);
    found.forEach((trace, i) => traces.set(node.outputs[i] ?? "", trace));
  }
  return { trace: traces.get(tensor) ?? { why: "the core takes a constant" }, nodes };
}

const tooMuch: Untraced = { why: "the stages take too many values" };

/** The nodes that a tensor needs, in the order of the file. */
export function ancestors(tensor: string, graph: ModelGraph): number[] {
  const found = new Set<number>();
  const open = [tensor];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = graph.maker(name);
    if (maker === undefined || found.has(maker.index)) continue;
    found.add(maker.index);
    for (const input of maker.inputs) open.push(input);
  }
  return [...found].sort((a, b) => a - b);
}
