import type { ColumnValues } from "./chart-column";

/** The colour of a column's values: a ramp for numbers, one colour for each text, gray where missing. */
export function colorChannel(field: string, column: ColumnValues): object {
  const { title, numbers, categories } = column;
  return {
    condition: { test: `datum[${JSON.stringify(field)}] === null`, value: "gray" },
    field,
    title,
    ...(numbers
      ? {
          type: "quantitative",
          scale: numberScale(column),
          legend: { tickCount: 4, gradientLength: 120, gradientOpacity: 1 },
        }
      : { type: "nominal", scale: { domain: categories }, legend: { symbolOpacity: 1 } }),
  };
}

/** A scale from the lowest number to the highest, said outright: a layer may draw nothing yet. */
export function numberScale({ numbers, scale }: ColumnValues): object {
  const present = (numbers ?? []).filter((value) => value !== null);
  if (present.length === 0) return { domain: [0, 1] };
  const low = present.reduce((a, b) => Math.min(a, b));
  const high = present.reduce((a, b) => Math.max(a, b));
  return scale === "log"
    ? { type: "log", domain: [low, high], nice: false }
    : { domain: [low, high], zero: false, nice: false };
}
