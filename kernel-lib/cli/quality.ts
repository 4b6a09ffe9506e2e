import { Option, type Command } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { formatTable } from "./format";
import {
  AssayerError,
  checkQuality,
  reportHtml,
  suggestExpectations,
  type Expectation,
  type QualityReport,
} from "../index";
import { messageOf } from "../errors";
import { tableOf, type CommandLine } from "./command-line";

function readExpectations(path: string): Expectation[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Expectation[];
  } catch (cause) {
    throw new AssayerError(
      "invalid-argument",
      `quality requires a file of expectations as JSON; got ${path}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** What fails first, then what the columns hold. */
function qualityText({ summary, results, table, warnings }: QualityReport): string {
  const rank = { error: 0, warning: 1, info: 2 };
  const failed = results
    .filter(({ passed }) => !passed)
    .sort((a, b) => rank[a.severity] - rank[b.severity]);
  const parts = [summary];
  if (failed.length > 0)
    parts.push(
      formatTable(
        failed.map(({ severity, required, observed }) => ({
          failed: severity,
          required,
          observed,
        })),
      ),
    );
  parts.push(
    formatTable(
      table.columns.map((column) => ({
        column: column.column,
        type: column.type,
        missing: column.missing,
        infinite: column.infinite,
        distinct: column.distinct,
        min: column.min,
        median: column.median,
        mean: column.mean === null ? null : Number(column.mean.toPrecision(6)),
        max: column.max,
        most_frequent: column.top[0]?.value ?? null,
        remark: column.constant
          ? "constant"
          : column.almostConstant
            ? "almost constant"
            : column.duplicateOf === null
              ? null
              : `same as ${column.duplicateOf}`,
      })),
    ),
    `${table.rows} rows, ${table.duplicateRows} of them duplicates, ${table.emptyRows} empty`,
    ...warnings,
  );
  return parts.join("\n\n");
}

interface QualityOptions {
  expect?: string;
  suggest?: string;
  html?: string;
  failOn?: "error" | "warning";
}

/** The command that checks a table, and suggests what to expect of the next one. */
export function addQualityCommand(program: Command, { print, longWork }: CommandLine): void {
  program
    .command("quality")
    .description("check data against expectations, and summarise it")
    .argument(
      "<data>",
      "Parquet or CSV, also several by * and ?, or a query: select … from 'a.parquet'",
    )
    .option("-e, --expect <file>", "expectations as JSON")
    .option("-s, --suggest <file>", "write expectations that this data suggests, as JSON")
    .option("--html <file>", "write the report as a page that needs nothing else")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 when such an expectation fails").choices([
        "error",
        "warning",
      ]),
    )
    .action(async (data: string, { expect, suggest, html, failOn }: QualityOptions) => {
      const expectations = expect === undefined ? [] : readExpectations(expect);
      if (suggest !== undefined) {
        const suggested = await suggestExpectations(tableOf(data), longWork());
        writeFileSync(suggest, `${JSON.stringify(suggested, null, 2)}\n`);
      }
      const report = await checkQuality(tableOf(data), expectations, { name: data, ...longWork() });
      if (html !== undefined) writeFileSync(html, await reportHtml(report));
      print(report, () => qualityText(report));
      const grave = failOn === "warning" ? ["error", "warning"] : ["error"];
      if (
        failOn !== undefined &&
        report.results.some(({ passed, severity }) => !passed && grave.includes(severity))
      )
        process.exitCode = 1;
    });
}
