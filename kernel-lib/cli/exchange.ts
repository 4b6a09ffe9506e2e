import type { Command } from "commander";
import { formatTable } from "./format";
import {
  exportParquet,
  exportToMlflow,
  importCsv,
  importMlflow,
  importWandb,
  type ExportToMlflowReport,
  type ImportReport,
} from "../index";
import type { CommandLine } from "./command-line";

/** Counts that a merge has too; notes come with their runs. */
function newOf(added: ImportReport["added"], what: string): number | null {
  const count = new Map<string, unknown>(Object.entries(added)).get(what);
  return typeof count === "number" ? count : null;
}

function importText({ read, added, notBrought }: ImportReport): string {
  const counts = Object.entries<number>({ ...read })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({
      what,
      read: count,
      new: newOf(added, what),
    }));
  const parts = [counts.length === 0 ? "nothing to import" : formatTable(counts)];
  if (notBrought.length > 0) parts.push(`not brought over:\n${formatTable(rowsOf(notBrought))}`);
  for (const { what, ours, theirs } of added.conflicts)
    parts.push(`kept ${what} as ${ours}; the source has ${theirs}`);
  for (const { model, from, to } of added.renumbered)
    parts.push(`${model}@${from} of the source is ${model}@${to} here`);
  return parts.join("\n\n");
}

function rowsOf(list: readonly { what: string; count: number; why: string }[]) {
  return list.map(({ what, count, why }) => ({ what, count, why }));
}

function exportText(report: ExportToMlflowReport): string {
  const { created, updated, unchanged, metrics, artifacts, modelVersions, changes, notSent } =
    report;
  const parts = [
    `sent ${created} new runs and ${updated} that had changed, ${unchanged} were as they are here: ${metrics} metric values, ${artifacts} files, ${modelVersions} model versions`,
  ];
  if (changes.length > 0)
    parts.push(
      `renamed, or cut where the names are the same:\n${formatTable(changes.map(({ runId, kind, key, sent }) => ({ run: runId, kind, key, sent })))}`,
    );
  if (notSent.length > 0) parts.push(`not sent:\n${formatTable(rowsOf(notSent))}`);
  return parts.join("\n\n");
}

function addImports(program: Command, { print, withProject, longWork }: CommandLine): void {
  const imports = program.command("import").description("bring runs over from elsewhere");
  const answer = (report: ImportReport) => {
    print(report, () => importText(report));
  };

  imports
    .command("mlflow")
    .description("import an MLflow store: an mlflow.db or an mlruns folder; it is only read")
    .argument("<path>", "the database, the folder, or a folder that has either")
    .option("-e, --experiments <names...>", "these experiments alone")
    .option("--artifact-root <folder>", "where the artifacts are, if not in the store's folder")
    .action((path: string, options: { experiments?: string[]; artifactRoot?: string }) =>
      withProject(async (project) => {
        answer(await importMlflow(project, path, { ...options, ...longWork() }));
      }),
    );

  imports
    .command("wandb")
    .description("import files that W&B exported: tables of runs, histories, charts")
    .argument("<files...>", "CSV or Parquet")
    .option("-e, --experiment <name>", "experiment of the runs", "wandb")
    .option("--params <columns...>", "columns of the table of runs that are params")
    .option("--metrics <columns...>", "columns of the table of runs that are metrics")
    .action(
      (files: string[], options: { experiment: string; params?: string[]; metrics?: string[] }) =>
        withProject(async (project) => {
          const { experiment, params, metrics } = options;
          answer(
            await importWandb(project, files, {
              experiment,
              ...(params && { paramColumns: params }),
              ...(metrics && { metricColumns: metrics }),
              ...longWork(),
            }),
          );
        }),
    );

  imports
    .command("csv")
    .description("import a CSV or Parquet file: a row for each run, or for each step of a run")
    .argument("<file>", "the file")
    .requiredOption("-e, --experiment <name>", "experiment of the runs")
    .option("--run <column>", "column with the run's name")
    .option("--step <column>", "column of steps: a row is then a step")
    .option("--time <column>", "column of times")
    .option("--params <columns...>", "columns that are params (default: text)")
    .option("--metrics <columns...>", "columns that are metrics (default: numbers)")
    .action((file: string, options: CsvOptions) =>
      withProject(async (project) => {
        const { experiment, run, step, time, params, metrics } = options;
        answer(
          await importCsv(project, file, {
            experiment,
            ...(run !== undefined && { runColumn: run }),
            ...(step !== undefined && { stepColumn: step }),
            ...(time !== undefined && { timeColumn: time }),
            ...(params && { paramColumns: params }),
            ...(metrics && { metricColumns: metrics }),
            ...longWork(),
          }),
        );
      }),
    );
}

interface CsvOptions {
  experiment: string;
  run?: string;
  step?: string;
  time?: string;
  params?: string[];
  metrics?: string[];
}

function addExports(program: Command, { print, withProject, longWork }: CommandLine): void {
  const exports = program.command("export").description("take runs elsewhere");

  exports
    .command("parquet")
    .description("write the project's tables as Parquet files, for pandas, DuckDB and others")
    .argument("<folder>", "a new or empty one")
    .option("-r, --runs <ids...>", "these runs alone")
    .option("-f, --filter <text>", `runs such as "metrics.auc > 0.8"`)
    .option("--artifacts", "copy the files too")
    .action((folder: string, options: { runs?: string[]; filter?: string; artifacts?: boolean }) =>
      withProject(async (project) => {
        const { runs, filter, artifacts = false } = options;
        const report = await exportParquet(project, folder, {
          ...(runs && { runIds: runs }),
          ...(filter !== undefined && { filter }),
          artifacts,
          ...longWork(),
        });
        print(report, () =>
          [
            formatTable(Object.entries(report.rows).map(([table, rows]) => ({ table, rows }))),
            `in ${report.folder}${artifacts ? `, with ${report.files} files` : ""}`,
          ].join("\n"),
        );
      }),
    );

  exports
    .command("mlflow")
    .description("send runs to an MLflow server; again, only what changed")
    .argument("<url>", "such as http://127.0.0.1:5000")
    .option("-r, --runs <ids...>", "these runs alone")
    .option("-e, --experiment <name>", "runs of this experiment alone")
    .option("--token <token>", "the server's token (or MLFLOW_TRACKING_TOKEN)")
    .action((url: string, options: { runs?: string[]; experiment?: string; token?: string }) =>
      withProject(async (project) => {
        const { runs, ...rest } = options;
        const report = await exportToMlflow(project, url, {
          ...rest,
          ...(runs && { runIds: runs }),
          ...longWork(),
        });
        print(report, () => exportText(report));
      }),
    );
}

/** Commands that bring runs over from other tools, and take them there. */
export function addExchangeCommands(program: Command, line: CommandLine): void {
  addImports(program, line);
  addExports(program, line);
}
