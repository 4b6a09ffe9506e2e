import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AssayerError } from "../errors";
import type { LongWork } from "../store/long-work";
import type { Project } from "../project";
import { temporaryName } from "../store/durable-file";
import { copyStatements, filesQueries } from "../store/read/exchange-queries";

export interface ExportParquetOptions extends LongWork {
  /** These runs and the model versions they made; default everything. */
  runIds?: readonly string[];
  /** Runs that a filter of `searchRuns` finds. */
  filter?: string;
  /** Copies the files of the artifacts and of the logged tables too; default false. */
  artifacts?: boolean;
}

export interface ExportParquetReport {
  folder: string;
  /** Rows by table. */
  rows: Record<string, number>;
  /** Files of artifacts and logged tables. */
  files: number;
}

function requireFree(folder: string): void {
  if (!existsSync(folder)) return;
  if (readdirSync(folder).length > 0)
    throw new AssayerError(
      "invalid-argument",
      `exportParquet requires a new or empty folder; got one with something in it: ${folder}`,
    );
}

async function chooseRuns(
  project: Project,
  { runIds, filter }: ExportParquetOptions,
): Promise<string[] | undefined> {
  for (const runId of runIds ?? []) await project.run(runId);
  if (filter === undefined) return runIds && [...runIds];
  const found = await project.searchRuns({
    ...{ filter, include: "hidden", columns: ["name"], limit: Number.MAX_SAFE_INTEGER },
    ...(runIds && { runIds }),
  });
  return found.map(({ runId }) => runId);
}

/** A name of the store as a path under a folder, whatever it holds. */
function inside(folder: string, name: string): string {
  const parts = name
    .split(/[/\\]/u)
    .map((part) => (part === ".." || part === "." || part === "" ? "_" : part));
  return join(folder, ...parts);
}

/**
 * Writes the project's tables as Parquet, one file each, for pandas, DuckDB and others: `runs.parquet`,
 * `params.parquet`, `metrics.parquet` and so on, with the columns that SQL sees. The folder is there whole or not at
 * all.
 *
 * @param folder a new or empty one
 * @throws AssayerError "invalid-argument", "unknown-run", "aborted"
 * @example await exportParquet(project, "export", { runIds: runs.map(({ runId }) => runId) });
 */
export async function exportParquet(
  project: Project,
  folder: string,
  options: ExportParquetOptions = {},
): Promise<ExportParquetReport> {
  const target = resolve(folder);
  requireFree(target);
  const runIds = await chooseRuns(project, options);
  const temporary = temporaryName(target);
  mkdirSync(temporary, { recursive: true });
  try {
    const report = await write(project, temporary, runIds, options);
    requireFree(target);
    if (existsSync(target)) rmdirSync(target);
    renameSync(temporary, target);
    return { folder: target, ...report };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function write(
  project: Project,
  folder: string,
  runIds: readonly string[] | undefined,
  { artifacts = false, onProgress, signal }: ExportParquetOptions,
): Promise<Omit<ExportParquetReport, "folder">> {
  const step = (message: string, fraction: number) => {
    if (signal?.aborted === true)
      throw new AssayerError(
        "aborted",
        "exportParquet requires time to finish; got a signal to stop",
      );
    onProgress?.(message, fraction);
  };
  const rows: Record<string, number> = {};
  const statements = copyStatements((table) => join(folder, `${table}.parquet`), runIds);
  for (const [position, { table, sql }] of statements.entries()) {
    step(table, (position / statements.length) * (artifacts ? 0.5 : 1));
    const [written] = await project.sql(sql);
    rows[table] = Number(written?.Count ?? 0);
  }
  if (!artifacts) return { rows, files: 0 };
  const wanted = new Set(runIds);
  const files = [
    ...(await project.sql(filesQueries.artifacts)).map((row) => ({
      runId: row.run_id as string,
      from: project.artifactPath(row.digest as string),
      to: inside(join(folder, "artifacts", row.run_id as string), row.name as string),
    })),
    ...(await project.sql(filesQueries.tables)).map((row) => ({
      runId: row.run_id as string,
      from: join(project.directory, row.path as string),
      to: inside(folder, row.path as string),
    })),
  ].filter(({ runId }) => runIds === undefined || wanted.has(runId));
  for (const [position, { from, to }] of files.entries()) {
    step(`file ${position + 1} of ${files.length}`, 0.5 + position / files.length / 2);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  return { rows, files: files.length };
}
