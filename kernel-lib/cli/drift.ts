import { readFileSync, writeFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";
import { messageOf } from "../errors";
import {
  AssayerError,
  driftReport,
  reportHtml,
  type Chunking,
  type DriftReport,
  type Period,
} from "../index";
import { decimal, type CommandLine } from "./command-line";
import { formatTable } from "./format";
import { tableOrProfile } from "./profile";

interface Words {
  reference: string;
  current: string;
  features?: string[];
  method?: string;
  featureMethod: Record<string, string>;
  threshold?: number;
  featureThreshold: Record<string, number>;
  type: Record<string, string>;
  driftShare?: number;
  importance?: string;
  overTime?: Chunking;
  multivariate?: boolean;
  html?: string;
  failOn?: "drift" | "alarm";
  name?: string;
}

/** Collects `name=value`, given as often as one likes. */
function pairs<T>(convert: (text: string) => T) {
  return (text: string, before: Record<string, T>): Record<string, T> => {
    const at = text.indexOf("=");
    if (at < 1) throw new InvalidArgumentError("It must be a feature's name, =, and a value.");
    return { ...before, [text.slice(0, at)]: convert(text.slice(at + 1)) };
  };
}

function overTime(text: string): Chunking {
  const [column, period] = Object.entries(pairs(String)(text, {}))[0] ?? ["", ""];
  return { by: "period", column, period: period as Period };
}

function readImportance(path: string): Record<string, number> {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new AssayerError("invalid-source", `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  if (!isObject || !Object.values(given as object).every((weight) => typeof weight === "number"))
    throw new AssayerError(
      "invalid-source",
      `importance requires a JSON object of numbers by feature; got something else: ${path}`,
    );
  return given as Record<string, number>;
}

function reportText(report: DriftReport): string {
  const importances = report.features.some(({ impact }) => impact !== null);
  const rows = report.features.map((feature) => ({
    verdict: feature.verdict,
    feature: feature.feature,
    ...(importances && { impact: feature.impact?.toFixed(3) ?? "" }),
    method: feature.method,
    score: feature.score === null ? "" : Number(feature.score.toPrecision(3)),
    limit: feature.threshold,
    drifted: feature.drifted ? "yes" : "no",
    effect: feature.effect?.magnitude ?? "",
    reason: feature.reason,
  }));
  const side = ({ rows: count, description }: DriftReport["reference"]) =>
    `${description}, ${count.toLocaleString("en-US")} rows`;
  return [
    `reference  ${side(report.reference)}`,
    `current    ${side(report.current)}`,
    `verdict    ${report.verdict}: ${report.summary}`,
    ...(report.missingFeatures.length === 0
      ? []
      : [`missing    ${report.missingFeatures.join(", ")}`]),
    ...(report.newFeatures.length === 0 ? [] : [`new        ${report.newFeatures.join(", ")}`]),
    ...report.warnings.map((warning) => `warning    ${warning}`),
    ...(rows.length === 0 ? [] : ["", formatTable(rows)]),
  ].join("\n");
}

function isFailure(report: DriftReport, failOn: Words["failOn"]): boolean {
  if (failOn === "drift") return report.drifted;
  return failOn === "alarm" && report.verdict === "alarm";
}

/** The command that compares two files; it needs no project. */
export function addDriftCommands(program: Command, { print, longWork }: CommandLine): void {
  program
    .command("drift")
    .description(
      "compare two tables, feature by feature, and say what drifted and whether it matters",
    )
    .requiredOption(
      "--reference <file>",
      "Parquet or CSV, also several by * and ?, a query (select … from 'a.parquet'), or a profile: what is expected",
    )
    .requiredOption("--current <file>", "the same: what came")
    .option("--features <names...>", "columns to compare (default: all that both have)")
    .option("--method <name>", "for all features that it is made for (default: Evidently's choice)")
    .option("--feature-method <feature=method>", "for one feature; repeatable", pairs(String), {})
    .option("--threshold <number>", "instead of the methods' own", decimal)
    .option(
      "--feature-threshold <feature=number>",
      "for one feature; repeatable",
      pairs(decimal),
      {},
    )
    .option(
      "--type <feature=type>",
      "numerical, categorical, text or timestamp; repeatable",
      pairs(String),
      {},
    )
    .option(
      "--drift-share <share>",
      "share of drifted features that is drift (default: 0.5)",
      decimal,
    )
    .option("--importance <file>", "JSON with the weight of each feature in the model")
    .option(
      "--over-time <column=period>",
      "chunk by chunk as well: hour, day, week, month …",
      overTime,
    )
    .option("--multivariate", "all features together as well, which takes longer")
    .option("--name <name>", "of the report")
    .option("--html <file>", "write the report as a page of its own, too")
    .addOption(
      new Option(
        "--fail-on <what>",
        "exit with 1 when the data set drifted, or when a feature gives an alarm",
      ).choices(["drift", "alarm"]),
    )
    .action(async (words: Words) => {
      const { features, method, threshold, driftShare, importance, name } = words;
      const report = await driftReport(
        tableOrProfile(words.reference),
        tableOrProfile(words.current),
        {
          ...longWork(),
          featureMethods: words.featureMethod,
          featureThresholds: words.featureThreshold,
          types: words.type as Record<string, "numerical">,
          ...(features && { features }),
          ...(method !== undefined && { method }),
          ...(threshold !== undefined && { threshold }),
          ...(driftShare !== undefined && { driftShare }),
          ...(importance !== undefined && { importance: readImportance(importance) }),
          ...(name !== undefined && { name }),
          ...(words.overTime && { overTime: words.overTime }),
          ...(words.multivariate && { multivariate: true }),
        },
      );
      if (words.html !== undefined) writeFileSync(words.html, await reportHtml(report));
      print(report, () => reportText(report));
      if (isFailure(report, words.failOn)) process.exitCode = 1;
    });
}
