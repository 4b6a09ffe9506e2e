import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { findStore, openProject } from "../index";
import type { CommandLine } from "./command-line";
import { formatTable } from "./format";

/** Commands of a project as a whole. */
export function addProjectCommands(
  program: Command,
  { print, withProject, longWork }: CommandLine,
): void {
  program
    .command("init")
    .description("make a project here")
    .argument("[folder]", "its folder", ".")
    .option("--name <name>", "its name (default: the folder's)")
    .action(async (folder: string, options: { name?: string }) => {
      const existing = findStore(resolve(folder));
      const project = await openProject(resolve(folder), options);
      await project.close();
      print({ directory: project.directory, created: existing === undefined }, () =>
        existing === undefined
          ? `made the project ${project.name} in ${project.directory}`
          : `there is a project already: ${project.directory}`,
      );
    });

  program
    .command("sql")
    .description("run a query over the project's tables; it cannot change them")
    .argument("<query>", "SQL of DuckDB, or - to read it from standard input")
    .action((query: string) =>
      withProject(async (project) => {
        const rows = await project.sql(query === "-" ? readFileSync(0, "utf8") : query);
        print(rows, () => (rows.length === 0 ? "no rows" : formatTable(rows)));
      }),
    );

  program
    .command("demo")
    .description(
      "make a project on real data: two dozen runs, model versions and their stages, reports on drift",
    )
    .argument("[folder]", "where", "demo-project")
    .action(async (folder: string) => {
      const { createDemo } = await import("../demo/index");
      const result = await createDemo(resolve(folder), longWork());
      print(result, () =>
        [
          `made ${result.runs} runs and ${result.versions} versions of ${result.model} in ${folder}`,
          "",
          "Open the folder in VS Code with the Assayer extension, or try:",
          `  npx assayer -p ${folder} runs --order-by "metrics.auc desc"`,
          `  npx assayer -p ${folder} models ${result.model}`,
          `  npx assayer -p ${folder} sql "select experiment, runs from experiments"`,
          `  npx assayer -p ${folder} reports`,
          `  npx assayer -p ${folder} serve`,
        ].join("\n"),
      );
    });
}
