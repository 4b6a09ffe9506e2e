import { AssayerError } from "../errors";
import { numberOf } from "../stats/number-of";
import { formatValue } from "./format-value";
import { titleOf } from "./title-of";

/** A run as charts compare it; what `project.searchRuns()` gives fits. */
export interface ComparedRun {
  runId?: string;
  name: string;
  params?: Readonly<Record<string, string | number | boolean | null>>;
  /** One value of each metric, such as its last. */
  metrics?: Readonly<Record<string, number | null>>;
  tags?: Readonly<Record<string, string>>;
}

/** A column of the runs by its name, `"params.rate"`, or with how to draw it. */
export type ChartColumn =
  | string
  | {
      /** `"name"`, or a key behind `"params."`, `"metrics."` or `"tags."`. */
      column: string;
      /** Default "linear". Values ≤ 0 have no place on a "log" scale and count as missing. */
      scale?: "linear" | "log";
      /** Default the key. */
      title?: string;
    };

/** The values of a column, one for each run; null where missing. */
export interface ColumnValues {
  column: string;
  title: string;
  scale: "linear" | "log";
  /** Numbers where every value is one, or reads as one; null otherwise. */
  numbers: (number | null)[] | null;
  /** The values as they are shown. */
  texts: (string | null)[];
  /** The distinct texts in order, where the values are no numbers. */
  categories: string[];
}

const kinds = ["params", "metrics", "tags"] as const;

/** @throws AssayerError "invalid-argument" for a name that is no column, or a log scale of texts */
export function columnValues(runs: readonly ComparedRun[], wanted: ChartColumn): ColumnValues {
  const {
    column,
    scale = "linear",
    title,
  } = typeof wanted === "string" ? { column: wanted } : wanted;
  const kind = kinds.find((each) => column.startsWith(`${each}.`));
  if (kind === undefined && column !== "name")
    throw new AssayerError(
      "invalid-argument",
      `unknown column: ${column}; expected one of name, params.<key>, metrics.<key>, tags.<key>`,
    );
  const key = kind === undefined ? column : column.slice(kind.length + 1);
  const values = runs.map((run) => {
    const value = kind === undefined ? run.name : own(run[kind], key);
    return value === undefined || value === null || Number.isNaN(value) ? null : value;
  });
  // A metric that diverged has no place on an axis, and makes no texts of the others.
  const known =
    kind === "metrics" ? values.map((value) => (isInfinite(value) ? null : value)) : values;
  const areNumbers =
    kind !== undefined && known.every((value) => value === null || !Number.isNaN(numberOf(value)));
  if (!areNumbers && scale === "log")
    throw new AssayerError(
      "invalid-argument",
      `a log scale requires numbers; got texts in ${column}`,
    );
  const numbers = areNumbers
    ? known.map((value) => {
        const number = value === null ? NaN : numberOf(value);
        return Number.isNaN(number) || (scale === "log" && number <= 0) ? null : number;
      })
    : null;
  const texts = values.map((value) => (value === null ? null : formatValue(value)));
  const categories = areNumbers ? [] : [...new Set(texts.filter((text) => text !== null))].sort();
  return { column, title: titleOf(title ?? key), scale, numbers, texts, categories };
}

/** A run without a key has none of the object's own either, such as "constructor". */
function own<Value>(record: Readonly<Record<string, Value>> | undefined, key: string) {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function isInfinite(value: unknown): boolean {
  return value === Infinity || value === -Infinity;
}

/** The columns, their titles told apart by the kind where two have one key. */
export function columnsValues(
  runs: readonly ComparedRun[],
  wanted: readonly ChartColumn[],
): ColumnValues[] {
  const columns = wanted.map((each) => columnValues(runs, each));
  const isAmbiguous = ({ column, title }: ColumnValues) =>
    columns.some((other) => other.title === title && other.column !== column);
  return columns.map((each) =>
    isAmbiguous(each) ? { ...each, title: titleOf(each.column) } : each,
  );
}
