import type { ColumnValues } from "./run-column";

/** The colour of a column's values: a ramp for numbers, one colour for each text, gray where missing. */
export function colorChannel(field: string, column: ColumnValues): object {
  const { title, scale, numbers, categories } = column;
  const missing = {
    condition: { test: `datum[${JSON.stringify(field)}] === null`, value: "gray" },
  };
  const present = (numbers ?? []).filter((value) => value !== null);
  const domain = present.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  return numbers
    ? {
        ...missing,
        field,
        type: "quantitative",
        title,
        scale: {
          type: scale,
          nice: false,
          // Said outright, since a layer that draws nothing yet has no lowest and highest value.
          ...(present.length > 0 ? { domain } : {}),
          ...(scale === "linear" ? { zero: false } : {}),
        },
        legend: { tickCount: 4, gradientLength: 120, gradientOpacity: 1 },
      }
    : {
        ...missing,
        field,
        type: "nominal",
        title,
        scale: { domain: categories },
        legend: { symbolOpacity: 1 },
      };
}
