import { Option, type Command } from "commander";
import { wholeNumber, type CommandLine } from "./command-line";
import { compareText, formatRunDetail, formatTable, runRows } from "./format";
import type { Direction, IncludedRuns, RunColumns } from "../index";

interface RunsOptions {
  experiment?: string;
  filter?: string;
  orderBy?: string[];
  columns?: string[];
  include: IncludedRuns;
  limit: number;
}

const none = "no runs: log one with project.startRun, or ask for others";

/** Rows of columns, `run_id` first. */
function rowsOf({ runIds, columns }: RunColumns): Record<string, unknown>[] {
  const cell = (column: RunColumns["columns"][string], i: number) => {
    if (column.kind === "text") return column.values[i] ?? null;
    if (column.present[i] !== 1) return null;
    const value = column.values[i] ?? NaN;
    return column.kind === "time" ? new Date(value) : value;
  };
  return runIds.map((runId, i) => ({
    run_id: runId,
    ...Object.fromEntries(Object.entries(columns).map(([id, column]) => [id, cell(column, i)])),
  }));
}

/** Commands that read runs. */
export function addRunsCommands(program: Command, { print, withProject }: CommandLine): void {
  program
    .command("runs")
    .description("search runs")
    .option("-e, --experiment <name>", "of this experiment alone")
    .option("-f, --filter <text>", `such as "metrics.auc > 0.8 and params.depth = '6'"`)
    .option(
      "--order-by <what...>",
      'such as "metrics.auc desc", "params.depth" or started_at (default: the newest first)',
    )
    .option("--columns <what...>", "such as name metrics.auc params.depth (default: all metrics)")
    .addOption(
      new Option("--include <which>", "which runs count")
        .choices(["visible", "hidden", "deleted", "all"])
        .default("visible"),
    )
    .option("-n, --limit <count>", "how many", wholeNumber, 20)
    .action((options: RunsOptions) =>
      withProject(async (project) => {
        if (options.columns) {
          const rows = rowsOf(await project.searchRuns({ ...options, as: "columns" }));
          print(rows, () => (rows.length === 0 ? none : formatTable(rows)));
          return;
        }
        const runs = await project.searchRuns(options);
        print(runs, () => (runs.length === 0 ? none : formatTable(runRows(runs))));
      }),
    );

  program
    .command("compare")
    .description("show runs side by side")
    .argument("<runs...>", "their ids")
    .option("--only-differences", "leave out what is the same in all")
    .option("--lower <metrics...>", "metrics that are better when they are lower")
    .option("--higher <metrics...>", "metrics that are better when they are higher")
    .action(
      (
        runIds: string[],
        options: { onlyDifferences?: boolean; lower?: string[]; higher?: string[] },
      ) =>
        withProject(async (project) => {
          const { lower = [], higher = [], onlyDifferences = false } = options;
          const directions = Object.fromEntries<Direction>([
            ...lower.map((key) => [key, "lower"] as const),
            ...higher.map((key) => [key, "higher"] as const),
          ]);
          const all = await project.compareRuns(runIds, { directions });
          const differing = <Each extends { differs: boolean }>(list: Each[]) =>
            onlyDifferences ? list.filter(({ differs }) => differs) : list;
          const comparison = {
            ...all,
            params: differing(all.params),
            metrics: differing(all.metrics),
            tags: differing(all.tags),
            source: differing(all.source),
            datasets: differing(all.datasets),
          };
          print(comparison, () => compareText(comparison));
        }),
    );

  program
    .command("show")
    .description("show one run")
    .argument("<run>", "its id")
    .action((runId: string) =>
      withProject(async (project) => {
        const run = await project.run(runId);
        print(run, () => formatRunDetail(run));
      }),
    );
}
