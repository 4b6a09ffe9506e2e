import type { Expectation } from "./expectation";
import { countText, percentText, plural } from "./format";
import type { ColumnQuality, DataSummary } from "./quality-report";

/** Beyond so many values a column is no list of categories. */
export const mostCategories = 50;
/** Each category is there so often on average, or it is no list either. */
const rowsPerCategory = 10;
/** From less, neither a key nor a range can be told. */
const fewestRows = 30;
/** Of the distance between the extremes, on each side. */
const margin = 0.1;

/**
 * The share that must comply so that the next sample of the same distribution does: of n values, some few may be
 * beyond the extremes of n others, or in a category that was not met.
 */
function tolerantShare(present: number): number {
  const few = Math.max(0.001, 10 / present);
  return Math.max(0.5, 1 - Number(few.toPrecision(2)));
}

/** Downward or upward to three digits that count, so that a bound reads well. */
function roundOut(value: number, up: boolean): number {
  if (value === 0 || Number.isSafeInteger(value)) return value;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  const rounded = (up ? Math.ceil(value / step) : Math.floor(value / step)) * step;
  return Number(rounded.toPrecision(6));
}

function suggestPresence({ column, missing }: ColumnQuality, rows: number): Expectation[] {
  if (missing === 0)
    return [
      {
        expect: "not-null",
        column,
        severity: "error",
        note: `none of ${plural(rows, "row")} of the reference misses it`,
      },
    ];
  const share = missing / rows;
  // Five standard errors of a difference of two shares.
  const tolerated = share + 5 * Math.sqrt((2 * share * (1 - share)) / rows) + 5 / rows;
  const mostly = Math.floor((1 - tolerated) * 1000) / 1000;
  if (mostly <= 0) return [];
  return [
    {
      expect: "not-null",
      column,
      mostly,
      severity: "warning",
      note: `${percentText(share)} of the reference miss it`,
    },
  ];
}

function suggestSet(column: ColumnQuality, present: number): Expectation[] {
  const { top, distinct, type } = column;
  if (distinct > mostCategories || top.length < distinct || present < distinct * rowsPerCategory)
    return [];
  const values = top.map(({ value }) =>
    type === "number" ? Number(value) : type === "boolean" ? value === "true" : value,
  );
  // Texts that long may have been cut.
  if (values.some((value) => typeof value === "string" && value.length >= 200)) return [];
  return [
    {
      expect: "in-set",
      column: column.column,
      values: type === "text" ? values.sort() : values,
      mostly: tolerantShare(present),
      severity: "error",
      note: `the reference has ${plural(distinct, "value")}, each in ${countText(top.at(-1)?.count ?? 0)} rows or more`,
    },
  ];
}

function suggestRange(column: ColumnQuality, present: number, isWhole: boolean): Expectation[] {
  const { min, max } = column;
  if (typeof min !== "number" || typeof max !== "number") return [];
  const slack = (max - min) * margin;
  if (!Number.isFinite(slack)) return [];
  const [low, high] = [min - slack, max + slack];
  // What never was below zero, as an age, is not expected to be.
  const lower = min >= 0 ? Math.max(0, low) : low;
  const upper = max <= 0 ? Math.min(0, high) : high;
  return [
    {
      expect: "between",
      column: column.column,
      min: isWhole ? Math.floor(lower) : roundOut(lower, false),
      max: isWhole ? Math.ceil(upper) : roundOut(upper, true),
      mostly: tolerantShare(present),
      severity: "warning",
      note: `the reference goes from ${min} to ${max}; a tenth of that distance is allowed beyond`,
    },
  ];
}

function suggestValues(column: ColumnQuality, rows: number, isWhole: boolean): Expectation[] {
  const present = rows - column.missing;
  if (present < fewestRows) return [];
  const isKey =
    column.distinct === rows && (column.type === "text" || (column.type === "number" && isWhole));
  if (isKey)
    return [
      {
        expect: "unique",
        columns: [column.column],
        severity: "error",
        note: `no value is twice in ${plural(rows, "row")} of the reference`,
      },
    ];
  if (column.type === "text" || column.type === "boolean") return suggestSet(column, present);
  return column.type === "number" ? suggestRange(column, present, isWhole) : [];
}

export interface SuggestFacts {
  /** Columns all of whose numbers are whole. */
  wholeColumns: readonly string[];
  /** Columns that never fall from row to row. */
  risingColumns: readonly string[];
}

/**
 * What the next sample of the same distribution can be expected to be, with a note that says why. Ranges and sets let
 * few values go beyond, so that they alarm on a change and not on the luck of a sample.
 */
export function suggestFromSummary(
  { rows, columns }: DataSummary,
  { wholeColumns, risingColumns }: SuggestFacts,
): Expectation[] {
  const schema: Expectation = {
    expect: "schema",
    columns: Object.fromEntries(columns.map(({ column, type }) => [column, type])),
    severity: "error",
    note: "the columns of the reference",
  };
  if (rows === 0) return [schema];
  return [
    schema,
    {
      expect: "row-count",
      min: Math.max(1, Math.floor(rows / 2)),
      max: rows * 2,
      severity: "warning",
      note: `the reference has ${plural(rows, "row")}; half and twice as many are allowed`,
    },
    ...columns.flatMap((column): Expectation[] => [
      ...(column.missing === rows ? [] : suggestPresence(column, rows)),
      ...suggestValues(column, rows, wholeColumns.includes(column.column)),
      ...(risingColumns.includes(column.column) && !column.constant && rows >= fewestRows
        ? [
            {
              expect: "monotonic" as const,
              column: column.column,
              direction: "increasing" as const,
              severity: "warning" as const,
              note: "the rows of the reference are in this order",
            },
          ]
        : []),
    ]),
  ];
}
