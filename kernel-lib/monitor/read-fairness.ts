import { AssayerError } from "../errors";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { openScan } from "../store/scan/open-scan";
import type { ColumnValues, TableScan, WantedColumn } from "../store/scan/table-scan";

/** Another table, whose rows are found by a column that both have. */
export interface JoinedSource {
  source: DataSource;
  /** Such as `request_id`; its values name one row each. */
  key: string;
}

/** Columns that a fairness report is made of. */
export interface FairnessColumns {
  /** Default `y_true`. */
  yTrue?: string;
  /** Default `y_pred` where there is one; else a score above `threshold` is positive. */
  yPred?: string;
  /** Of the positive label; a regression has none. Default `y_score` where there is one. */
  yScore?: string;
  sampleWeight?: string;
  sensitiveFeatures: readonly string[];
  /** Where the sensitive features are when they are kept apart from the predictions. */
  sensitiveSource?: JoinedSource;
  /** Columns that slices and the error tree are looked for in. Default every other column of the table they are in. */
  features?: readonly string[];
  /** Where those are when they are not beside the predictions. */
  featureSource?: JoinedSource;
}

/** Texts, null where there is none; numbers, NaN where there is none. */
export type ReadColumn = (string | null)[] | Float64Array;

/** Columns row by row, all of one length. */
export interface FairnessRows {
  rows: number;
  data: Pick<TableScan, "rows" | "description" | "origin">;
  yTrue: ReadColumn;
  yPred: ReadColumn | null;
  yScore: Float64Array | null;
  sampleWeight: Float64Array | null;
  sensitive: Record<string, (string | null)[]>;
  features: Record<string, ReadColumn>;
  warnings: string[];
}

/** Names of columns that are not features, where nobody says which are. */
const noFeatures = new Set(["request_id", "run_id", "table_name", "y_true", "y_pred", "y_score"]);
/** More are no help to a reader, and a search among them takes long. */
const mostFeatures = 50;

/**
 * Reads labels, predictions and groups. What is kept in a table of its own is joined here, row by row, and goes nowhere
 * else.
 *
 * @throws AssayerError "invalid-argument" for columns that are not there, or a key that names two rows
 */
export function readFairness(
  source: DataSource,
  columns: FairnessColumns,
  problem: "binary" | "regression",
  { onProgress, signal }: LongWork,
): Promise<FairnessRows> {
  const stop: LongWork = signal ? { signal } : {};
  return openScan(
    source,
    async (scan) => {
      onProgress?.("reading predictions", 0);
      const has = (name: string) => scan.columns.some((column) => column.name === name);
      const yTrue = columns.yTrue ?? "y_true";
      const isBinary = problem === "binary";
      const yScore = columns.yScore ?? (isBinary && has("y_score") ? "y_score" : undefined);
      if (!isBinary && yScore !== undefined)
        throw new AssayerError(
          "invalid-argument",
          `fairnessReport requires yPred of a regression; got ${yScore} as yScore`,
        );
      const yPred = columns.yPred ?? (has("y_pred") || yScore === undefined ? "y_pred" : undefined);
      const { sampleWeight, sensitiveSource, featureSource, sensitiveFeatures } = columns;
      const labels = isBinary ? "category" : "number";
      const own: WantedColumn[] = [
        { name: yTrue, as: labels },
        ...(yPred === undefined ? [] : [{ name: yPred, as: labels } as const]),
        ...(yScore === undefined ? [] : [{ name: yScore, as: "number" } as const]),
        ...(sampleWeight === undefined ? [] : [{ name: sampleWeight, as: "number" } as const]),
        ...keysOf(sensitiveSource, featureSource),
      ];
      const taken = new Set(own.map(({ name }) => name));
      const groups = sensitiveSource ? [] : sensitiveFeatures.map(category);
      const features = featureSource ? [] : wantedFeatures(scan, columns.features, taken);
      const read = await readColumns(scan, [...own, ...groups, ...features], stop);
      const numbers = (name: string | undefined): Float64Array | null => {
        const column = name === undefined ? undefined : read.get(`number ${name}`);
        return column instanceof Float64Array ? column : null;
      };
      const warnings: string[] = [];
      const join = async (
        joined: JoinedSource,
        what: string,
        wantedOf: (other: TableScan) => WantedColumn[],
      ) => {
        onProgress?.(`reading ${what}`, 0.2);
        const keys = read.get(`category ${joined.key}`) as (string | null)[];
        const { columns: found, unmatched } = await readJoined(joined, keys, wantedOf, stop);
        if (unmatched > 0)
          warnings.push(`${unmatched} of ${scan.rows} rows are not in the table of ${what}`);
        return found;
      };
      const sensitive = sensitiveSource
        ? await join(sensitiveSource, "sensitive features", () => sensitiveFeatures.map(category))
        : read;
      const others = featureSource
        ? await join(featureSource, "features", (other) =>
            wantedFeatures(other, columns.features, new Set([featureSource.key])),
          )
        : new Map(features.map(({ name, as }) => [name, read.get(`${as} ${name}`) as ReadColumn]));
      return {
        rows: scan.rows,
        data: { rows: scan.rows, description: scan.description, origin: scan.origin },
        yTrue: read.get(`${labels} ${yTrue}`) as ReadColumn,
        yPred: yPred === undefined ? null : (read.get(`${labels} ${yPred}`) as ReadColumn),
        yScore: numbers(yScore),
        sampleWeight: numbers(sampleWeight),
        sensitive: Object.fromEntries(
          sensitiveFeatures.map((name) => [
            name,
            sensitive.get(sensitiveSource ? name : `category ${name}`) as (string | null)[],
          ]),
        ),
        features: Object.fromEntries(others),
        warnings,
      };
    },
    stop,
  );
}

function category(name: string): WantedColumn {
  return { name, as: "category" };
}

function keysOf(...joined: (JoinedSource | undefined)[]): WantedColumn[] {
  const keys = new Set(joined.flatMap((each) => (each ? [each.key] : [])));
  return [...keys].map(category);
}

/** A feature is read as numbers where it holds numbers. */
function wantedFeatures(
  scan: TableScan,
  named: readonly string[] | undefined,
  taken: ReadonlySet<string>,
): WantedColumn[] {
  const isNumber = (name: string) =>
    scan.columns.some((column) => column.name === name && column.type === "number");
  const names =
    named ??
    scan.columns
      .filter(({ name, type }) => type !== "other" && type !== "time" && !taken.has(name))
      .map(({ name }) => name)
      .filter((name) => !noFeatures.has(name))
      .slice(0, mostFeatures);
  return names.map((name) => ({ name, as: isNumber(name) ? "number" : "category" }));
}

/** Columns by how they were read and their name. */
async function readColumns(
  scan: TableScan,
  wanted: readonly WantedColumn[],
  stop: LongWork,
): Promise<Map<string, ReadColumn>> {
  const once = [...new Map(wanted.map((each) => [`${each.as} ${each.name}`, each])).values()];
  const read = new Map<string, ReadColumn>();
  for await (const column of scan.values(once, stop))
    read.set(`${column.kind} ${column.name}`, valuesOf(column));
  return read;
}

function valuesOf(column: ColumnValues): ReadColumn {
  if (column.kind === "number") return column.values.slice();
  const { codes, categories } = column;
  return Array.from(codes, (code) => (code < 0 ? null : (categories[code] ?? null)));
}

/** Columns of another table in the order of `keys`; missing where a key is not there. */
function readJoined(
  { source, key }: JoinedSource,
  keys: readonly (string | null)[],
  wantedOf: (scan: TableScan) => WantedColumn[],
  stop: LongWork,
): Promise<{ columns: Map<string, ReadColumn>; unmatched: number }> {
  return openScan(
    source,
    async (scan) => {
      const read = await readColumns(scan, [category(key), ...wantedOf(scan)], stop);
      const rowOf = new Map<string, number>();
      (read.get(`category ${key}`) as (string | null)[]).forEach((value, row) => {
        if (value === null) return;
        if (rowOf.has(value))
          throw new AssayerError(
            "invalid-argument",
            `fairnessReport requires a key that names one row each; got several rows of one ${key}`,
          );
        rowOf.set(value, row);
      });
      const rows = keys.map((value) => (value === null ? -1 : (rowOf.get(value) ?? -1)));
      read.delete(`category ${key}`);
      const columns = new Map<string, ReadColumn>();
      for (const [how, column] of read)
        columns.set(
          how.slice(how.indexOf(" ") + 1),
          column instanceof Float64Array
            ? Float64Array.from(rows, (row) => (row < 0 ? NaN : (column[row] as number)))
            : rows.map((row) => (row < 0 ? null : (column[row] as string | null))),
        );
      return { columns, unmatched: rows.filter((row) => row < 0).length };
    },
    stop,
  );
}
