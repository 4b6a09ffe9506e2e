import { writeFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";
import { reportText } from "../notebook/report-text";
import {
  AssayerError,
  fairnessReport,
  reportHtml,
  type DataSource,
  type FairnessConstraint,
  type FairnessReport,
  type FairnessReportOptions,
  type MetricName,
  type Project,
} from "../index";
import { decimal, tableOf, wholeNumber, type CommandLine } from "./command-line";
import { formatTable } from "./format";

interface Words {
  run?: string;
  model?: string;
  table?: string;
  sensitive: string[];
  sensitiveFrom?: string;
  featuresFrom?: string;
  key: string;
  features?: string[];
  yTrue?: string;
  yPred?: string;
  yScore?: string;
  weight?: string;
  posLabel?: string;
  threshold?: number;
  problem?: "binary" | "regression";
  metrics?: MetricName[];
  require?: FairnessConstraint[];
  confidence?: number;
  resamples?: number;
  smallGroup?: number;
  name?: string;
  html?: string;
  failOn?: "fail" | "insufficient";
}

/** `equalOpportunity<=0.1` or `demographicParity>=0.8`, given as often as one likes. */
function constraint(text: string, before: FairnessConstraint[] = []): FairnessConstraint[] {
  const [, name = "", sign = "", limit = ""] = /^(\w+)\s*(<=|>=|=)\s*(.+)$/u.exec(text) ?? [];
  if (name === "")
    throw new InvalidArgumentError(
      "It must be a constraint's name and its limit: equalOpportunity<=0.1, or demographicParity>=0.8 for a ratio.",
    );
  const value = decimal(limit);
  return [
    ...before,
    {
      constraint: name as FairnessConstraint["constraint"],
      ...(sign === ">=" ? { minRatio: value } : { maxDifference: value }),
    },
  ];
}

/** What is asked about: a file or a query, or the predictions of a run or of the run that made a model version. */
async function sourceOf(
  project: Project | undefined,
  data: string | undefined,
  { run, model: reference, table: name }: Words,
): Promise<{ source: DataSource; model?: { name: string; number: number } }> {
  if (data !== undefined) return { source: tableOf(data) };
  const version =
    project && reference !== undefined ? await project.registry.resolve(reference) : undefined;
  const runId = run ?? version?.runId ?? undefined;
  if (!project || runId === undefined)
    throw new AssayerError(
      "invalid-argument",
      version
        ? `fairness requires a version that a run made; got ${reference ?? ""}`
        : "fairness requires a file, a query, --run or --model; got none of them",
    );
  return {
    source: project.source({ runId, kind: "predictions", ...(name !== undefined && { name }) }),
    ...(version && { model: { name: version.model, number: version.number } }),
  };
}

function groupsTable(report: FairnessReport): string {
  const rows = report.groupings.flatMap(({ features, groups }) =>
    groups.map((group) => ({
      by: features.join(" and "),
      group: group.small ? `${group.name} (small)` : group.name,
      rows: group.rows,
      ...Object.fromEntries(
        report.metrics.map(({ name }) => {
          const { value, low, high, denominator } = group.figures[name] ?? {
            value: null,
            low: null,
            high: null,
            denominator: 0,
          };
          const digits = (each: number | null) => (each === null ? "?" : each.toFixed(2));
          return [
            name,
            value === null
              ? `– (of ${denominator})`
              : `${digits(value)} (${digits(low)} to ${digits(high)}, of ${denominator})`,
          ];
        }),
      ),
    })),
  );
  return formatTable(rows);
}

/** The command that tells how a model treats groups. */
export function addFairnessCommand(
  program: Command,
  { print, withProject, longWork }: CommandLine,
): void {
  program
    .command("fairness")
    .description("tell how a model treats groups of people, and whether that is within limits")
    .argument(
      "[data]",
      "Parquet or CSV, also several by * and ?, or a query: select … from 'a.parquet'",
    )
    .requiredOption("-s, --sensitive <names...>", "columns that make the groups")
    .option("-r, --run <id>", "predictions that this run logged, instead of a file")
    .option("-m, --model <version>", "predictions of the run that made it, such as wage-model@3")
    .option("--table <name>", "which of the run's tables of predictions")
    .option("--sensitive-from <data>", "where the sensitive columns are when they are kept apart")
    .option(
      "--features-from <data>",
      "where the features are, to look for slices where the model errs",
    )
    .option("--key <column>", "that both tables have", "request_id")
    .option("--features <names...>", "columns to look for slices in (default: all others)")
    .option("--y-true <column>", "labels (default: y_true)")
    .option(
      "--y-pred <column>",
      "predicted labels (default: y_pred, or the score above the threshold)",
    )
    .option("--y-score <column>", "scores (default: y_score)")
    .option("--weight <column>", "weights of the rows")
    .option("--pos-label <label>", "the label that counts as positive (default: 1, or true)")
    .option("--threshold <number>", "a score above it is positive (default: 0.5)", decimal)
    .addOption(new Option("--problem <kind>", "default: binary").choices(["binary", "regression"]))
    .option("--metrics <names...>", "instead of the usual ones")
    .option(
      "--require <limit>",
      "such as equalOpportunity<=0.1, or demographicParity>=0.8 for a ratio; repeatable (default: three gaps of at most 0.1)",
      constraint,
    )
    .option("--confidence <share>", "of the intervals (default: 0.95)", decimal)
    .option(
      "--resamples <count>",
      "of the bootstrap (default: 0, intervals are analytic)",
      wholeNumber,
    )
    .option("--small-group <rows>", "fewer rows are too few to judge by (default: 30)", wholeNumber)
    .option("--name <name>", "of the report")
    .option("--html <file>", "write the report as a page of its own, too")
    .addOption(
      new Option(
        "--fail-on <what>",
        "exit with 1 when a requirement fails, or also when there is not enough evidence",
      ).choices(["fail", "insufficient"]),
    )
    .action(async (data: string | undefined, words: Words) => {
      const make = async (project?: Project) => {
        const { sensitiveFrom, featuresFrom, key } = words;
        const given: Partial<FairnessReportOptions> = {
          ...(words.features && { features: words.features }),
          ...(words.yTrue !== undefined && { yTrue: words.yTrue }),
          ...(words.yPred !== undefined && { yPred: words.yPred }),
          ...(words.yScore !== undefined && { yScore: words.yScore }),
          ...(words.weight !== undefined && { sampleWeight: words.weight }),
          ...(words.posLabel !== undefined && { posLabel: words.posLabel }),
          ...(words.threshold !== undefined && { threshold: words.threshold }),
          ...(words.problem && { problem: words.problem }),
          ...(words.metrics && { metrics: words.metrics }),
          ...(words.require && { constraints: words.require }),
          ...(words.confidence !== undefined && { confidence: words.confidence }),
          ...(words.resamples !== undefined && { resamples: words.resamples }),
          ...(words.smallGroup !== undefined && { smallGroup: words.smallGroup }),
          ...(words.name !== undefined && { name: words.name }),
          ...(sensitiveFrom !== undefined && {
            sensitiveSource: { source: tableOf(sensitiveFrom), key },
          }),
          ...(featuresFrom !== undefined && {
            featureSource: { source: tableOf(featuresFrom), key },
          }),
        };
        const { source, model } = await sourceOf(project, data, words);
        const report = await fairnessReport(source, {
          ...given,
          ...(model && { model }),
          ...longWork(),
          sensitiveFeatures: words.sensitive,
        });
        if (words.html !== undefined) writeFileSync(words.html, await reportHtml(report));
        print(report, () => `${reportText(report)}\n\n${groupsTable(report)}`);
        const { failOn } = words;
        if (failOn !== undefined && report.results.length === 0)
          throw new AssayerError(
            "invalid-argument",
            "fairness requires --require beside --fail-on for a regression; got none",
          );
        const fails = report.results.filter(
          ({ verdict }) => verdict === "fail" || (failOn === "insufficient" && verdict !== "pass"),
        );
        if (failOn !== undefined && fails.length > 0) process.exitCode = 1;
      };
      const inProject = data === undefined && (words.run ?? words.model) !== undefined;
      await (inProject ? withProject(make) : make());
    });
}
