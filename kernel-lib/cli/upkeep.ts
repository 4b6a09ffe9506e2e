import { InvalidArgumentError, type Command } from "commander";
import type { MergeReport } from "../index";
import type { CommandLine } from "./command-line";

const units = ["B", "kB", "MB", "GB", "TB"];

function formatBytes(bytes: number): string {
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes || 1) / 3)));
  return `${Number((bytes / 1000 ** unit).toPrecision(3))} ${units[unit] ?? ""}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function days(text: string): number {
  const match = /^(\d+)d?$/u.exec(text.trim());
  if (!match) throw new InvalidArgumentError("It must be a number of days, such as 30d.");
  return Number(match[1]);
}

function mergeText(report: MergeReport): string {
  const { runs, metrics, modelVersions, conflicts, renumbered, missingFiles } = report;
  return [
    `brought ${count(runs, "run")}, ${count(metrics, "metric value")}, ${count(modelVersions, "model version")}`,
    ...renumbered.map(({ model, from, to }) => `${model}@${from} is ${model}@${to} here`),
    ...conflicts.map(({ what, ours, theirs }) => `kept ${what}: ${ours}, not ${theirs}`),
    ...missingFiles.map((path) => `missing in the other store: ${path}`),
  ].join("\n");
}

/** Commands that look after the store. */
export function addUpkeepCommands(
  program: Command,
  { print, withProject, longWork }: CommandLine,
): void {
  program
    .command("delete")
    .description("delete runs; `restore` brings them back until `gc`")
    .argument("<runs...>", "their ids")
    .action((runIds: string[]) =>
      withProject(async (project) => {
        await project.deleteRuns(runIds);
        print({ deleted: runIds }, () => `deleted ${count(runIds.length, "run")}`);
      }),
    );

  program
    .command("restore")
    .description("bring deleted runs back")
    .argument("<runs...>", "their ids")
    .action((runIds: string[]) =>
      withProject(async (project) => {
        await project.restoreRuns(runIds);
        print({ restored: runIds }, () => `restored ${count(runIds.length, "run")}`);
      }),
    );

  program
    .command("gc")
    .description("remove for good what was deleted long enough ago")
    .option("--older-than <days>", "deleted at least so many days ago", days, 30)
    .option("--dry-run", "only tell what would go")
    .action((options: { olderThan: number; dryRun?: boolean }) =>
      withProject(async (project) => {
        const deletedBefore = new Date(Date.now() - options.olderThan * 24 * 3600 * 1000);
        const dryRun = options.dryRun ?? false;
        const report = await project.collectGarbage({ deletedBefore, dryRun });
        print(report, () =>
          [
            `${dryRun ? "would remove" : "removed"} ${count(report.runIds.length, "run")} and ${count(report.files, "file")} (${formatBytes(report.bytes)})`,
            ...report.kept.map(
              ({ runId, versions }) => `kept ${runId}, which made ${versions.join(", ")}`,
            ),
          ].join("\n"),
        );
      }),
    );

  program
    .command("merge")
    .description("bring the runs, models and history of another store in")
    .argument("<store>", "its folder, or its project's")
    .action((other: string) =>
      withProject(async (project) => {
        const report = await project.merge(other, longWork());
        print(report, () => mergeText(report));
      }),
    );

  program
    .command("backup")
    .description("copy the store, whole and as of one moment, into a new folder")
    .argument("<folder>", "a folder that is not there yet")
    .action((folder: string) =>
      withProject(async (project) => {
        const report = await project.backup(folder, longWork());
        print(report, () => `copied ${count(report.files, "file")} to ${report.directory}`);
      }),
    );

  program
    .command("compact")
    .description("write the database anew, smaller and quicker to read")
    .action(() =>
      withProject(async (project) => {
        const report = await project.compact();
        print(report, () => `${formatBytes(report.before)} became ${formatBytes(report.after)}`);
      }),
    );

  program
    .command("doctor")
    .description("check the store; exits with 1 when something is wrong")
    .option("--repair", "repair what can be")
    .action((options: { repair?: boolean }) =>
      withProject(async (project) => {
        const repair = options.repair ?? false;
        const report = await project.doctor({ ...longWork(), repair });
        const lines = report.findings.flatMap(({ severity, what, repair: cure, repaired }) => [
          `${severity}: ${what}`,
          ...(cure === null ? [] : [`  ${repaired ? "repaired" : "--repair would"}: ${cure}`]),
        ]);
        print(report, () =>
          lines.length === 0 ? `healthy: ${report.checks.join(", ")}` : lines.join("\n"),
        );
        if (report.findings.some(({ severity, repaired }) => severity === "error" && !repaired))
          process.exitCode = 1;
      }),
    );
}
