import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Argument, Option, type Command } from "commander";
import { reportText } from "../notebook/report-text";
import { reportHtml, type ReportInfo, type ReportKind } from "../index";
import { wholeNumber, type CommandLine } from "./command-line";
import { formatTable } from "./format";

const kinds = ["drift", "quality", "performance", "fairness", "explanation"];

function rowsOf(reports: readonly ReportInfo[]): Record<string, unknown>[] {
  return reports.map(({ runId, kind, name, createdAt, verdict, summary }) => ({
    run_id: runId,
    kind,
    name,
    created_at: createdAt,
    verdict,
    summary,
  }));
}

/** Commands that read the reports that runs logged. */
export function addReportsCommands(program: Command, { print, withProject }: CommandLine): void {
  program
    .command("reports")
    .description("list reports on drift, data quality, performance and fairness, and explanations")
    .addOption(new Option("-k, --kind <kind>", "of this kind alone").choices(kinds))
    .option("-r, --run <id>", "of this run alone")
    .option("-n, --limit <count>", "how many", wholeNumber, 20)
    .action((options: { kind?: ReportKind; run?: string; limit: number }) =>
      withProject(async (project) => {
        const { run: runId, ...others } = options;
        const reports = await project.reports({ ...others, ...(runId && { runId }) });
        print(reports, () =>
          reports.length === 0
            ? "no reports: log one with run.logReport(await driftReport(reference, current))"
            : formatTable(rowsOf(reports)),
        );
      }),
    );

  program
    .command("report")
    .description("show one report, or write it as a page")
    .argument("<run>", "id of the run that logged it")
    .addArgument(new Argument("<kind>", "its kind").choices(kinds))
    .argument("<name>", "its name")
    .option("--html <file>", "write a self-contained HTML page")
    .action((runId: string, kind: ReportKind, name: string, options: { html?: string }) =>
      withProject(async (project) => {
        const report = await project.readReport(runId, kind, name);
        if (options.html === undefined) {
          print(report, () => reportText(report));
          return;
        }
        const file = resolve(options.html);
        writeFileSync(file, await reportHtml(report));
        print({ file }, () => `wrote ${file}`);
      }),
    );
}
