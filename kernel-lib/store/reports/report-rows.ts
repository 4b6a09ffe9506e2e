import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { DriftReport, FeatureDrift } from "../../drift/report";
import { AssayerError } from "../../errors";
import { requireCount } from "../check";
import { queryRows, type Connection, type SqlValue } from "../connection";
import { numberExpression, scanTypeOf } from "../scan/column-expression";
import type { DataSource } from "../scan/data-source";
import { withRelation } from "../scan/open-scan";
import { projectSource, requireQuery, type ProjectTable } from "../scan/project-source";
import { readFailingRows } from "../scan/quality/read-failing-rows";
import { scanned } from "../scan/sql-scan";
import type { ScanColumn } from "../scan/table-scan";
import type { Store } from "../store";
import { quoted } from "../tables/load-columns";
import { inMemory } from "../tables/memory-database";
import type { Report } from "./report-file";

const wantedColumn = "assayer_wanted";

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

/** What the rows have in common, as SQL says it of a table with these columns. */
type Condition = (columns: readonly ScanColumn[]) => { sql: string; params: SqlValue[] };

/** A query of the wanted rows. */
interface Wanted {
  origin: Origin;
  condition: Condition;
  /** The column to show first. */
  first: string;
  limit: number;
}

/** Rows that a report was made of, read again where they came from. */
export async function reportRows(
  store: Store,
  root: string,
  report: Report,
  options: ReportRowsOptions,
): Promise<Record<string, unknown>[]> {
  if ("failing" in options) {
    const { origin, condition } = failingRows(report, options.failing);
    return readFailingRows(await sourceOf(store, root, origin), condition, options);
  }
  const wanted = wantedOf(report, options);
  const source = await sourceOf(store, root, wanted.origin);
  return withRelation(source, (database) =>
    database.run(undefined, (connection) => select(connection, wanted)),
  );
}

/** The data that a report was made of. Queries come from the report, which may come from a stranger. */
async function sourceOf(store: Store, root: string, origin: Origin): Promise<DataSource> {
  switch (origin.kind) {
    case "file": {
      const path = text(origin, "path");
      // As the report was made in another folder, or in this one.
      const inProject = resolve(root, path);
      return /[*?]/u.test(path) || existsSync(inProject) ? inProject : resolve(path);
    }
    case "sql": {
      const sql = text(origin, "sql");
      await inMemory((connection) => requireQuery(connection, sql));
      return { sql };
    }
    case "project-sql":
      return projectSource(store, { sql: text(origin, "sql") });
    case "logged-table": {
      const [runId, kind, name] = ["runId", "table", "name"].map((key) => text(origin, key));
      return projectSource(store, { runId, kind, name } as ProjectTable);
    }
    default:
      throw new AssayerError(
        "invalid-argument",
        `reportRows requires data that can be read again; got a report on ${origin.kind === "memory" ? "data in memory" : origin.kind}: log the data as a table, and make the report of project.source({ runId, kind, name })`,
      );
  }
}

type OfFeature = Extract<ReportRowsOptions, { feature: string }>;

function wantedOf(report: Report, options: OfFeature): Wanted {
  const limit = requireCount(options.limit ?? 100, "reportRows: limit");
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
    condition: (columns) => {
      const column = columns.find(({ name }) => name === feature);
      if (column === undefined)
        throw new AssayerError(
          "invalid-argument",
          `unknown column: ${feature}; expected one of ${columns.map(({ name }) => name).join(", ")}`,
        );
      if (options.bin !== undefined) return inBin(drift, options.bin, column);
      return options.category === undefined
        ? { sql: "true", params: [] }
        : isCategory(options.category, column);
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

function failingRows(report: Report, position: number): { origin: Origin; condition: string } {
  if (report.kind !== "quality") throw wrongReport("a quality report", report.kind);
  const result = report.results[position];
  if (typeof result?.failingRows === "string")
    return { origin: report.data.origin, condition: result.failingRows };
  throw new AssayerError(
    "invalid-argument",
    `reportRows requires an expectation that is about rows; got ${result ? result.required : `position ${String(position)} of ${report.results.length}`}`,
  );
}

/** A bin holds its lower edge; the outer ones hold what lies beyond. */
function inBin(
  { feature, distribution }: FeatureDrift,
  bin: number,
  column: ScanColumn,
): ReturnType<Condition> {
  const edges = distribution?.kind === "bins" ? distribution.edges : [];
  const last = edges.length - 2;
  const [low, high] = [edges[bin], edges[bin + 1]];
  if (low === undefined || high === undefined)
    throw new AssayerError(
      "invalid-argument",
      `reportRows requires a bin of ${feature} from 0 to ${Math.max(0, last)}; got ${String(bin)}`,
    );
  const value = numberExpression(column);
  return {
    sql: [
      `isfinite(${value})`,
      ...(bin > 0 ? [`${value} >= ?`] : []),
      ...(bin < last ? [`${value} < ?`] : []),
    ].join(" and "),
    params: [...(bin > 0 ? [low] : []), ...(bin < last ? [high] : [])],
  };
}

function isCategory(category: string, column: ScanColumn): ReturnType<Condition> {
  // As numbers 1 and 1.0 are one category.
  if (column.type === "number")
    return { sql: `${quoted(column.name)}::double = try_cast(? as double)`, params: [category] };
  if (column.type === "time")
    return { sql: `${numberExpression(column)} = ?`, params: [Date.parse(category)] };
  return { sql: `${quoted(column.name)}::varchar = ?`, params: [category] };
}

async function select(
  connection: Connection,
  { condition, first, limit }: Wanted,
): Promise<Record<string, unknown>[]> {
  const described = await queryRows<{ column_name: string; column_type: string }>(
    connection,
    `describe from ${scanned}`,
  );
  const columns = described.map((each): ScanColumn => ({
    name: each.column_name,
    ...scanTypeOf(each.column_type),
  }));
  const { sql, params } = condition(columns);
  const names = columns.map(({ name }) => name);
  const shown = [
    ...names.filter((name) => name === first),
    ...names.filter((name) => name !== first),
  ];
  const query = await requireQuery(
    connection,
    `select ${shown.map(quoted).join(", ")}
      from (select *, (${sql}\n)::boolean as ${wantedColumn} from ${scanned})
      where ${wantedColumn} limit ${limit}`,
  );
  return queryRows(connection, `from ${query}`, params);
}

function text(origin: Origin, key: string): string {
  const value = origin[key];
  if (typeof value === "string") return value;
  throw new AssayerError(
    "invalid-argument",
    `reportRows requires an origin with a ${key}; got ${typeof value}`,
  );
}
