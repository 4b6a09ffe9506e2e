import { AssayerError } from "../errors";
import type { Chunk, Chunking } from "../drift/timeline/chunks";
import type { ClassifierRows } from "../drift/performance/classifier-rows";
import type { LongWork } from "../store/long-work";
import type { ColumnValues, TableScan, WantedColumn } from "../store/scan/table-scan";
import { readChunked } from "./read-columns";

/** Columns of a classifier's predictions. */
export interface ClassifierColumns {
  problem: "binary" | "multiclass";
  /** Labels; the current data may be without. */
  yTrue: string;
  /** Predicted labels; without them only rankings can be estimated. */
  yPred?: string;
  /** Score of the positive class; of several classes the column of each, by its label. */
  yScore: string | Readonly<Record<string, string>>;
  /** The positive label of a binary classifier. Default 1, or true. */
  posLabel?: string | number | boolean;
}

/** Reads predictions and labels, in chunks. */
export async function readClassifier(
  scan: TableScan,
  columns: ClassifierColumns,
  chunking: Chunking,
  side: "reference" | "current",
  work: LongWork,
): Promise<{ rows: ClassifierRows; chunks: Chunk[]; warnings: string[] }> {
  const classes = classesOf(columns);
  const scores = scoreColumns(columns);
  const { yTrue, yPred } = columns;
  const hasLabels = side === "reference" || scan.columns.some(({ name }) => name === yTrue);
  const wanted: WantedColumn[] = [
    ...scores.map((name) => ({ name, as: "number" as const })),
    ...(yPred === undefined ? [] : [{ name: yPred, as: "category" as const }]),
    ...(hasLabels ? [{ name: yTrue, as: "category" as const }] : []),
  ];
  const read = await readChunked(scan, wanted, chunking, work);
  const found: ColumnValues[] = [];
  for await (const column of read.columns) found.push(column);
  const codes = (at: number, what: string): Int32Array =>
    codesOf(found[at], classes, what, columns.posLabel, side);
  const rows: ClassifierRows = {
    classes: classes ?? ["0", "1"],
    yScore: scores.map((_, i) => {
      const column = found[i];
      return column?.kind === "number" ? column.values : new Float64Array(scan.rows).fill(NaN);
    }),
    yPred: yPred === undefined ? new Int32Array(scan.rows).fill(-1) : codes(scores.length, "yPred"),
    yTrue: hasLabels ? codes(found.length - 1, "yTrue") : null,
  };
  return { rows, chunks: read.chunks, warnings: warningsOf(rows, read.untimed, side, yPred) };
}

function scoreColumns({ yScore }: ClassifierColumns): string[] {
  if (typeof yScore === "string") return [yScore];
  return Object.keys(yScore)
    .sort()
    .map((name) => String(yScore[name]));
}

/** Labels in their order; null for a binary classifier. */
function classesOf({ problem, yScore }: ClassifierColumns): string[] | null {
  if ((problem === "binary") !== (typeof yScore === "string"))
    throw new AssayerError(
      "invalid-argument",
      problem === "binary"
        ? "estimatePerformance requires yScore as the name of a column for a binary classifier; got one for each class"
        : "estimatePerformance requires yScore as { label: column } for several classes; got the name of a column",
    );
  if (typeof yScore === "string") return null;
  const classes = Object.keys(yScore).sort();
  if (classes.length < 2)
    throw new AssayerError(
      "invalid-argument",
      `estimatePerformance requires two classes or more; got ${classes.length}`,
    );
  return classes;
}

function codesOf(
  column: ColumnValues | undefined,
  classes: readonly string[] | null,
  what: string,
  posLabel: ClassifierColumns["posLabel"],
  side: "reference" | "current",
): Int32Array {
  if (column?.kind !== "category")
    throw new AssayerError("store-fault", `reading ${what} requires its labels; got none`);
  const codeOf = (label: string): number => {
    if (classes !== null) return classes.indexOf(label);
    if (posLabel !== undefined) return Number(label === String(posLabel));
    return label === "1" || label === "true" ? 1 : label === "0" || label === "false" ? 0 : -1;
  };
  if (what === "yTrue" && side === "reference" && posLabel !== undefined && classes === null)
    requireLabel(column, String(posLabel));
  const places = column.categories.map(codeOf);
  const unknown = places.filter((code) => code < 0).length;
  if (unknown > 0)
    throw new AssayerError(
      "invalid-argument",
      classes === null
        ? `estimatePerformance requires posLabel for labels other than 0 and 1, or false and true; got ${unknown} others in ${what}`
        : `estimatePerformance requires the labels of yScore in ${what}: ${classes.join(", ")}; got ${unknown} others`,
    );
  return column.codes.map((code) => (code < 0 ? -1 : (places[code] as number)));
}

function requireLabel({ categories }: { categories: readonly string[] }, posLabel: string): void {
  if (categories.length === 0 || categories.includes(posLabel)) return;
  throw new AssayerError(
    "invalid-argument",
    `estimatePerformance requires posLabel among the reference's labels in yTrue; got ${posLabel}`,
  );
}

function warningsOf(
  { yScore, yPred, yTrue }: ClassifierRows,
  untimed: number,
  side: "reference" | "current",
  named: string | undefined,
): string[] {
  const rows = yPred.length;
  const count = (missing: (row: number) => boolean): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) if (missing(row)) sum++;
    return sum;
  };
  const told = [
    [untimed, "have no time, and are in no chunk"],
    [count((row) => yScore.some((scores) => !Number.isFinite(scores[row]))), "miss a score"],
    [named === undefined ? 0 : count((row) => yPred[row] === -1), "miss a prediction"],
    [yTrue === null ? 0 : count((row) => yTrue[row] === -1), "have no label yet"],
  ] as const;
  return told.flatMap(([missing, what]) =>
    missing > 0 ? [`${missing} of ${rows} ${side} rows ${what}`] : [],
  );
}
