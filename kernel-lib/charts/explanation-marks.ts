import { columnText, type ExplainedRows } from "./explained";
import { short } from "./fairness-words";
import { titleOf } from "./title-of";

/** What a column does to a prediction, in the order of the colours. */
export const effects = ["lowers", "raises"] as const;

export type Effect = (typeof effects)[number];

export function effectOf(value: number): Effect {
  return value < 0 ? "lowers" : "raises";
}

/** Two colours for the two directions; the words stand in the legend. */
export function effectChannel(field = "effect"): object {
  return {
    field,
    type: "nominal",
    scale: { domain: effects },
    legend: { orient: "top", title: null, symbolOpacity: 1 },
  };
}

/** An axis of names, each with a row of its own. */
export function namesAxis(limit = 200): object {
  return { labelLimit: limit, domain: false, ticks: false, grid: false };
}

/** `SHAP value (log-odds of >50K)`. */
export function shapTitle(unit: string): string {
  return titleOf(`SHAP value (${unit})`);
}

/** A domain with room at both ends; of a single number, some around it. */
export function roomyDomain(values: Iterable<number>, room = 0.05): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const span = high - low;
  const space = span > 0 ? span * room : Math.abs(high) * 0.1 || 0.5;
  return [low - space, high + space];
}

/** From the lowest to the highest value, gray where there is none: `levels` 0 to 1. */
export function levelChannel(field: string, title: string): object {
  return {
    condition: { test: `datum[${JSON.stringify(field)}] === null`, value: "gray" },
    field,
    type: "quantitative",
    title: titleOf(title),
    scale: { domain: [0, 1], nice: false },
    legend: {
      values: [0, 1],
      labelExpr: "datum.value < 0.5 ? 'low' : 'high'",
      gradientLength: 100,
      gradientOpacity: 1,
    },
  };
}

/** Numbers behind a description: the first ones, by name. */
export function listed(
  items: readonly { name: string; value: number }[],
  text: (value: number) => string = short,
): string {
  return items
    .slice(0, 5)
    .map(({ name, value }) => `${titleOf(name)} ${text(value)}`)
    .join(", ");
}

/** What a chart of fewer rows than there are says below; empty where all are drawn. */
export function drawnOf(drawn: number, rows: number): string {
  return drawn < rows ? `${drawn} of ${rows.toLocaleString("en-US")} rows are drawn.` : "";
}

/** The most important of the columns with their mean sizes, for a chart's description. */
export function meanSizes(explained: ExplainedRows, columns: readonly number[]): string {
  const sizes = columns.map((column) => ({
    name: columnText(explained, column),
    value: explained.importance[column]?.value ?? 0,
  }));
  return `mean size: ${listed(sizes)}`;
}
