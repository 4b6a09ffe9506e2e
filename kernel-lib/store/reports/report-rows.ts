import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { DriftReport, FeatureDrift } from "../../drift/report";
import { AssayerError } from "../../errors";
import type { QualityReport } from "../../quality/quality-report";
import { requireCount } from "../check";
import { queryRows, quotedText, type Connection, type SqlValue } from "../connection";
import { loggedTablePath, requireQuery } from "../scan/project-source";
import type { Store } from "../store";
import { quoted } from "../tables/load-columns";
import { inMemory } from "../tables/memory-database";
import type { Report } from "./report-file";

/** Which rows of a report's data are wanted. */
export type ReportRowsOptions = {
  /** Most rows, default 100. */
  limit?: number;
} & (
  | {
      /** Of a drift report. */
      side: "reference" | "current";
      feature: string;
      /** Position of a bin of the feature's distribution. */
      bin?: number;
      /** A category of it. */
      category?: string;
    }
  | {
      /** Of a quality report: position of an expectation's result, for rows that fail it. */
      failing: number;
    }
);

type Origin = { kind: string } & Record<string, unknown>;

/** What the rows have in common, as SQL says it of a table with these columns and types. */
type Condition = (types: ReadonlyMap<string, string>) => { sql: string; params: SqlValue[] };

/** A query of the wanted rows. */
interface Wanted {
  origin: Origin;
  condition: Condition;
  /** The column to show first. */
  first: string | undefined;
  limit: number;
}

/** Rows that a report was made of, read again where they came from. */
export async function reportRows(
  store: Store,
  root: string,
  report: Report,
  options: ReportRowsOptions,
): Promise<Record<string, unknown>[]> {
  const wanted = wantedOf(report, options);
  const { origin } = wanted;
  switch (origin.kind) {
    case "file": {
      const path = text(origin, "path");
      return inProjectFolder(root, (connection) =>
        select(connection, fileReader(resolve(root, path), path), wanted),
      );
    }
    case "sql":
      return inProjectFolder(root, async (connection) =>
        select(connection, await requireQuery(connection, text(origin, "sql")), wanted),
      );
    case "project-sql":
      return store.read(async (connection) =>
        select(connection, await requireQuery(connection, text(origin, "sql")), wanted),
      );
    case "logged-table":
      return store.read(async (connection) => {
        const table = [text(origin, "runId"), text(origin, "table"), text(origin, "name")] as const;
        const path = await loggedTablePath(connection, ...table);
        return select(
          connection,
          `read_parquet(${quotedText(path)}, hive_partitioning = false)`,
          wanted,
        );
      });
    default:
      throw new AssayerError(
        "invalid-argument",
        `reportRows requires data that can be read again; got a report on ${origin.kind === "memory" ? "data in memory" : origin.kind}: log the data as a table, and make the report of project.source({ runId, kind, name })`,
      );
  }
}

function wantedOf(report: Report, options: ReportRowsOptions): Wanted {
  const limit = requireCount(options.limit ?? 100, "reportRows: limit");
  if ("failing" in options) {
    if (report.kind !== "quality") throw wrongReport("a quality report", report.kind);
    return { ...failingRows(report, options.failing), limit };
  }
  if (report.kind !== "drift") throw wrongReport("a drift report", report.kind);
  const { side, feature } = options;
  if (!(["reference", "current"] as unknown[]).includes(side))
    throw new AssayerError(
      "invalid-argument",
      `unknown side: ${side}; expected one of reference, current`,
    );
  const drift = featureOf(report, feature);
  return {
    origin: report[side].origin,
    first: feature,
    limit,
    condition: (types) => {
      const type = types.get(feature);
      if (type === undefined)
        throw new AssayerError(
          "invalid-argument",
          `unknown column: ${feature}; expected one of ${[...types.keys()].join(", ")}`,
        );
      if (options.bin !== undefined) return inBin(drift, options.bin, type);
      return options.category === undefined
        ? { sql: "true", params: [] }
        : isCategory(feature, options.category, type);
    },
  };
}

function wrongReport(wanted: string, got: string): AssayerError {
  return new AssayerError("invalid-argument", `reportRows requires ${wanted}; got ${got}`);
}

function featureOf(report: DriftReport, feature: string): FeatureDrift {
  const found = report.features.find((each) => each.feature === feature);
  if (found) return found;
  throw new AssayerError(
    "invalid-argument",
    `unknown feature: ${feature}; expected one of ${report.features.map((each) => each.feature).join(", ")}`,
  );
}

function failingRows(report: QualityReport, position: number): Omit<Wanted, "limit"> {
  const result = report.results[position];
  if (typeof result?.failingRows !== "string")
    throw new AssayerError(
      "invalid-argument",
      `reportRows requires an expectation that is about rows; got ${result ? result.required : `position ${String(position)} of ${report.results.length}`}`,
    );
  const { column, failingRows } = result;
  return {
    origin: report.data.origin,
    first: column ?? undefined,
    condition: () => ({ sql: `(${failingRows}\n)`, params: [] }),
  };
}

const numbers =
  /^(?:u?(?:tiny|small|big|huge)int|u?integer|double|float|real|decimal.*|boolean)$/iu;

/** A bin holds its lower edge, and the last one its upper edge too. */
function inBin(
  { feature, distribution }: FeatureDrift,
  bin: number,
  type: string,
): ReturnType<Condition> {
  const edges = distribution?.kind === "bins" ? distribution.edges : [];
  const [low, high] = [edges[bin], edges[bin + 1]];
  if (low === undefined || high === undefined)
    throw new AssayerError(
      "invalid-argument",
      `reportRows requires a bin below ${Math.max(0, edges.length - 1)}; got ${String(bin)}`,
    );
  const value = /^(?:timestamp|date)/iu.test(type)
    ? `epoch_us(${quoted(feature)}::timestamp) / 1000.0`
    : `try_cast(${quoted(feature)} as double)`;
  const isLast = bin === edges.length - 2;
  return {
    sql: `${value} >= ? and ${value} ${isLast ? "<=" : "<"} ? and isfinite(${value})`,
    params: [low, high],
  };
}

function isCategory(feature: string, category: string, type: string): ReturnType<Condition> {
  const column = quoted(feature);
  // As a number 1 and 1.0 are one category, however the report spelt it.
  if (numbers.test(type) && !/^boolean$/iu.test(type))
    return { sql: `${column}::double = try_cast(? as double)`, params: [category] };
  return { sql: `${column}::varchar = ?`, params: [category] };
}

async function select(
  connection: Connection,
  table: string,
  { condition, first, limit }: Wanted,
): Promise<Record<string, unknown>[]> {
  const described = await queryRows<{ column_name: string; column_type: string }>(
    connection,
    `describe from ${table}`,
  );
  const types = new Map(described.map((each) => [each.column_name, each.column_type]));
  const { sql, params } = condition(types);
  const isThere = first !== undefined && types.has(first);
  const columns = isThere
    ? [first, ...[...types.keys()].filter((name) => name !== first)]
    : [...types.keys()];
  const query = await requireQuery(
    connection,
    `select ${columns.map(quoted).join(", ")} from ${table} where ${sql} limit ${limit}`,
  );
  return queryRows(connection, `from ${query}`, params);
}

/** A file as SQL reads it; in a path `*` and `?` may name several. */
function fileReader(path: string, given: string): string {
  if (!/[*?[]/u.test(path) && !existsSync(path))
    throw new AssayerError(
      "invalid-source",
      `reportRows requires the file that the report was made of; got none at ${given}`,
    );
  return extname(path).toLowerCase() === ".parquet"
    ? `read_parquet(${quotedText(path)}, hive_partitioning = false, union_by_name = true)`
    : `read_csv(${quotedText(path)}, header = true, hive_partitioning = false, union_by_name = true)`;
}

function inProjectFolder<T>(
  root: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return inMemory(async (connection) => {
    await connection.run(`set file_search_path = ${quotedText(root)}`);
    return work(connection);
  });
}

function text(origin: Origin, key: string): string {
  const value = origin[key];
  if (typeof value === "string") return value;
  throw new AssayerError(
    "invalid-argument",
    `reportRows requires an origin with a ${key}; got ${typeof value}`,
  );
}
