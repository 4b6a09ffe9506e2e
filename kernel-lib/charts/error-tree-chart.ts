import type { ErrorNode } from "../fairness/report";
import { conditionWords } from "../fairness/slices/condition-words";
import { short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface ErrorTreeChartOptions {
  /** Pixels; default 520. */
  width?: number;
  /** Most nodes drawn; default 40. */
  limit?: number;
  /** What the loss is; default `wrong`. */
  loss?: string;
}

/** A node of an error tree with its place: what is drawn, and what a list says. */
export interface ErrorTreeLine {
  /** 0 for the root. */
  depth: number;
  /** What leads here from the parent: `education ≤ 10`; `all rows` for the root. */
  text: string;
  rows: number;
  errors: number;
  loss: number;
  /** Position in the tree. */
  node: number;
}

/** An error tree as lines from the root down, each followed by its children; a node that hangs nowhere is left out. */
export function errorTreeLines(tree: readonly ErrorNode[]): ErrorTreeLine[] {
  const children = new Map<number | null, number[]>();
  tree.forEach(({ parent }, i) => {
    children.set(parent, [...(children.get(parent) ?? []), i]);
  });
  const lines: ErrorTreeLine[] = [];
  const visit = (node: number, depth: number): void => {
    const found = tree[node];
    // A file from elsewhere may hold a circle; only what hangs below a root is reached.
    if (!found || depth > tree.length) return;
    const { condition, rows, errors, loss } = found;
    const text = condition === null ? "all rows" : formatValue(conditionWords(condition));
    lines.push({ depth, text, rows, errors, loss, node });
    for (const child of children.get(node) ?? []) visit(child, depth + 1);
  };
  for (const root of children.get(null) ?? []) visit(root, 0);
  return lines;
}

const rowHeight = 30;
const indent = 18;

/**
 * Where errors gather, as an indented list: a bar for each node as long as its loss, its condition above it.
 *
 * @param tree of a fairness report
 * @example errorTreeChart(report.errorTree ?? [])
 */
export function errorTreeChart(
  tree: readonly ErrorNode[],
  options: ErrorTreeChartOptions = {},
): VegaLiteSpec {
  const { width = 520, limit = 40 } = options;
  const lossWord = titleOf(options.loss ?? "wrong");
  const all = errorTreeLines(tree);
  const lines = all.slice(0, limit);
  const description = "Where errors gather";
  if (lines.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no tree to draw") };
  const highest = lines.reduce((most, { loss }) => (loss > most ? loss : most), 0);
  const deepest = lines.reduce((most, { depth }) => Math.max(most, depth), 0);
  const room = Math.max(40, width - deepest * indent - 8);
  const values = lines.map(({ depth, text, rows, loss }, i) => {
    const from = depth * indent;
    return {
      from,
      to: from + (highest > 0 && loss > 0 ? Math.max(2, (loss / highest) * room) : 1),
      textY: i * rowHeight + 10,
      barFrom: i * rowHeight + 18,
      barTo: i * rowHeight + 24,
      tone: loss === highest && i > 0 ? "worst" : "node",
      text: `${text} · ${short(loss)} ${lossWord} of ${rows.toLocaleString("en-US")}`,
    };
  });
  const pixels = (axis: "x" | "y", field: string) => ({
    [axis]: { field, type: "quantitative", scale: null, axis: null },
  });
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${lines
      .slice(0, 8)
      .map(({ text, loss }) => `${titleOf(text)} ${short(loss)}`)
      .join(", ")}`,
    width,
    height: rowHeight * lines.length,
    ...noteBelow(
      all.length > lines.length
        ? `${all.length - lines.length} more nodes are not drawn; the table has them.`
        : "",
    ),
    data: { name: "nodes", values },
    layer: [
      {
        mark: { type: "bar", aria: false },
        encoding: {
          ...pixels("x", "from"),
          x2: { field: "to" },
          ...pixels("y", "barFrom"),
          y2: { field: "barTo" },
          color: {
            field: "tone",
            type: "nominal",
            scale: { domain: ["node", "worst"] },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", fontSize: 12, limit: width },
        encoding: {
          ...pixels("x", "from"),
          ...pixels("y", "textY"),
          text: { field: "text", type: "nominal" },
        },
      },
    ],
  };
}
