import { AssayerError } from "../errors";
import {
  columnText,
  explainedRows,
  freeName,
  type Explained,
  type ExplainedRows,
} from "./explained";
import { effectText } from "./explanation-words";
import { effectChannel, effectOf, listed, namesAxis, roomyDomain } from "./explanation-marks";
import { short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface GroupDifferenceOptions {
  /** Which output; default the first. */
  output?: string;
  /** What the rows marked true are called, and the others; default "marked" and "the others". */
  names?: readonly [string, string];
  /** Most columns drawn, the largest differences first; default 15. */
  limit?: number;
  /** Pixels of the plot; default 360. */
  width?: number;
}

/** Of a normal distribution, for 95 %. */
const z = 1.959963984540054;

/**
 * What makes the predictions of two groups differ: by column, the mean SHAP value of the one less that of the other
 * with a 95 % interval (Welch's, for large groups), and the difference of the predictions, which is their sum.
 *
 * @param isMember of each row of what is given, whether it belongs to the group
 * @throws AssayerError "invalid-argument" for another number of marks than rows, or an output that is not there
 * @example groupDifference(report, report.sample.map(({ values }) => values[2] === "female"), { names: ["female", "male"] })
 */
export function groupDifference(
  given: Explained,
  isMember: readonly boolean[],
  options: GroupDifferenceOptions = {},
): VegaLiteSpec {
  const { limit = 15, width = 360 } = options;
  const rows = "kind" in given ? given.sample.length : given.rows;
  if (isMember.length !== rows)
    throw new AssayerError(
      "invalid-argument",
      `groupDifference requires a mark for each of ${rows} rows; got ${isMember.length}`,
    );
  const explained = explainedRows(given, options.output);
  const [one, other] = (options.names ?? ["marked", "the others"]).map((name) =>
    titleOf(formatValue(name)),
  );
  const description = `Difference of ${one ?? ""} from ${other ?? ""}`;
  const differences = differencesOf(explained, isMember);
  if (explained.left > 0 || differences === null)
    return {
      $schema: vegaLiteSchema,
      ...emptyChart(description, width, "two groups of at least two rows are needed"),
    };
  const { columns, total, counts } = differences;
  const sorted = [...columns].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const values = [total, ...sorted.slice(0, limit)].map((each) => ({
    ...each,
    effect: effectOf(each.value),
    text: `${effectText(each.value)} (${short(each.lower)} to ${short(each.upper)})`,
  }));
  const x = {
    field: "value",
    type: "quantitative",
    title: titleOf(`difference of mean SHAP values (${explained.unit})`),
    scale: {
      domain: roomyDomain([0, ...values.flatMap(({ lower, upper }) => [lower, upper])], 0.06),
      nice: false,
      zero: false,
    },
    axis: { tickCount: 6 },
  };
  const color = { ...effectChannel(), legend: null };
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${listed(
      values.map(({ label, value }) => ({ name: label, value })),
      effectText,
    )}`,
    width,
    height: { step: 24 },
    ...noteBelow(
      `Right of 0, the column raises the prediction of ${one ?? ""} (${counts[0].toLocaleString("en-US")} rows) more than that of ${other ?? ""} (${counts[1].toLocaleString("en-US")}).${sorted.length > limit ? ` ${sorted.length - limit} columns with smaller differences are not drawn.` : ""}`,
      Math.floor(width / 6),
    ),
    data: { name: "differences", values },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        title: null,
        sort: null,
        axis: namesAxis(),
        scale: { domain: values.map(({ label }) => label) },
      },
      tooltip: [
        { field: "label", type: "nominal", title: "column" },
        { field: "text", type: "nominal", title: "difference" },
      ],
    },
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", stroke: "gray", aria: false },
        encoding: { x: { ...x, field: "zero" }, y: null },
      },
      {
        mark: { type: "bar", height: { band: 0.6 }, fillOpacity: 0.45 },
        encoding: { x, color },
      },
      {
        mark: { type: "rule", strokeWidth: 2.5, aria: false },
        encoding: { x: { ...x, field: "lower" }, x2: { field: "upper" }, color },
      },
    ],
  };
}

interface Difference {
  label: string;
  value: number;
  lower: number;
  upper: number;
}

function differencesOf(
  explained: ExplainedRows,
  isMember: readonly boolean[],
): { columns: Difference[]; total: Difference; counts: [number, number] } | null {
  const { columns, shapValues, predictions } = explained;
  const p = columns.length;
  const members = isMember.reduce((count, mark) => count + Number(mark), 0);
  const counts: [number, number] = [members, isMember.length - members];
  if (counts.some((count) => count < 2)) return null;
  const difference = (label: string, valueOf: (row: number) => number): Difference => {
    const parts = [true, false].map((mark) => {
      const values = isMember.flatMap((each, row) => (each === mark ? [valueOf(row)] : []));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { mean, error: squares / (values.length - 1) / values.length };
    });
    const value = (parts[0]?.mean ?? 0) - (parts[1]?.mean ?? 0);
    const half = z * Math.sqrt(parts.reduce((sum, { error }) => sum + error, 0));
    return { label, value, lower: value - half, upper: value + half };
  };
  return {
    columns: columns.map((_, column) =>
      difference(columnText(explained, column), (row) => shapValues[row * p + column] ?? 0),
    ),
    total: difference(freeName("prediction", explained), (row) => predictions[row] ?? 0),
    counts,
  };
}
