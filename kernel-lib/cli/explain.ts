import { statSync, writeFileSync } from "node:fs";
import { Option, type Command } from "commander";
import { reportText } from "../notebook/report-text";
import {
  AssayerError,
  explainRow,
  explanationReport,
  reportHtml,
  type CellValue,
  type DataExplainerOptions,
  type ExplainedOutput,
  type ExplanationMethod,
  type ExplanationReport,
  type Project,
  type RowExplanation,
} from "../index";
import { decimal, tableOf, wholeNumber, type CommandLine } from "./command-line";
import { formatTable } from "./format";

interface Words {
  background?: string;
  columns?: string[];
  row?: number;
  output?: ExplainedOutput;
  method?: "auto" | ExplanationMethod;
  labels?: string;
  top?: number;
  rows?: number;
  fixed?: string[];
  goal?: number;
  seed?: number;
  unit?: string;
  name?: string;
  html?: string;
  logTo?: string;
}

/** Width of the longest bar, in characters. */
const barWidth = 20;

const bars = new Intl.NumberFormat("en-US", {
  signDisplay: "exceptZero",
  maximumSignificantDigits: 4,
});
const plain = (value: number) => String(Number(value.toPrecision(5)));
const cell = (value: CellValue) =>
  value === null ? "–" : typeof value === "number" ? plain(value) : value;

/** A number with its sign; what rounding leaves of nothing is nothing. */
function added(value: number, largest: number): string {
  return bars.format(Math.abs(value) < 1e-9 * largest ? 0 : value);
}

/** To the left of the line what takes away, to the right what adds. */
function bar(value: number, largest: number): string {
  const length = largest === 0 ? 0 : Math.round((Math.abs(value) / largest) * barWidth);
  const block = "█".repeat(length);
  return value < 0
    ? `${block.padStart(barWidth)}│${" ".repeat(barWidth)}`
    : `${" ".repeat(barWidth)}│${block.padEnd(barWidth)}`;
}

/** One row's values as a table, those that weigh most first. */
function rowText(explanation: RowExplanation, top: number, given?: string): string {
  const { row, requestId, outputs, predictions, baseValue, columns, values } = explanation;
  const id = requestId === null ? "" : ` (${requestId})`;
  const unit = given ?? explanation.unit;
  const unitOf = (output: string) => (outputs.length > 1 ? `${unit} of ${output}` : unit);
  const parts = outputs.flatMap((output, o) => {
    const shap = explanation.shapValues[o] ?? [];
    const order = columns
      .map((column, c) => ({ column, value: values[c] ?? null, shap: shap[c] ?? 0 }))
      .sort((a, b) => Math.abs(b.shap) - Math.abs(a.shap));
    const largest = Math.abs(order[0]?.shap ?? 0);
    const rest = order.slice(top);
    const others = rest.reduce((sum, each) => sum + each.shap, 0);
    return [
      `row ${row}${id}: ${plain(predictions[o] ?? NaN)} ${unitOf(output)}, ${plain(baseValue[o] ?? NaN)} on average`,
      "",
      formatTable([
        ...order.slice(0, top).map(({ column, value, shap: own }) => ({
          column,
          value: cell(value),
          adds: added(own, largest),
          "": bar(own, largest),
        })),
        ...(rest.length > 0
          ? [
              {
                column: `${rest.length} others`,
                value: "",
                adds: added(others, largest),
                "": bar(others, largest),
              },
            ]
          : []),
      ]),
      "",
    ];
  });
  return [...parts, counterfactualText(explanation)].join("\n").trimEnd();
}

function counterfactualText({ counterfactuals: found, outputs, unit }: RowExplanation): string {
  const isNumber = unit.startsWith("units");
  if (found === null)
    return isNumber ? "With --goal this tells what would change the answer too." : "";
  if (found.reached) return "The goal is reached already.";
  const [nearest] = found.counterfactuals;
  if (!nearest) return "No change of a few columns was found that changes the answer.";
  // Of classes it is their probabilities that count, also where log-odds are explained.
  const answer = (predictions: readonly number[]) => {
    if (isNumber || predictions.length === 1) return predictions.map(plain).join(", ");
    const likeliest = predictions.indexOf(Math.max(...predictions));
    return `${outputs[likeliest] ?? ""} (probability ${plain(predictions[likeliest] ?? NaN)})`;
  };
  const what = isNumber || outputs.length > 1 ? "answer" : `probability of ${outputs[0] ?? ""}`;
  return `What would change the ${what} from ${answer(found.predictions)} to ${answer(nearest.predictions)}: ${nearest.changes.map(({ text }) => text).join(", and ")}.`;
}

/** The most important columns of each output alone. */
function shortened(report: ExplanationReport, top: number): ExplanationReport {
  const kept = report.importance.map((list) =>
    [...list].sort((a, b) => b.value - a.value).slice(0, top),
  );
  return { ...report, importance: kept };
}

/** A model is a file, or a version of the project. */
function isFile(model: string): boolean {
  return model.endsWith(".onnx") || statSync(model, { throwIfNoEntry: false })?.isFile() === true;
}

async function log(project: Project, runId: string, report: ExplanationReport): Promise<void> {
  const { status } = await project.run(runId);
  const run = await project.resumeRun(runId);
  run.logReport(report);
  await run.end(status === "running" ? "finished" : status);
}

/** The command that tells why a model says what it says. */
export function addExplainCommand(
  program: Command,
  { print, withProject, longWork }: CommandLine,
): void {
  program
    .command("explain")
    .description("tell which columns decide what a model says, of all rows or of one")
    .argument("<model>", "an ONNX file, or a version: wage-model@3, wage-model@production")
    .argument(
      "<data>",
      "Parquet or CSV, also several by * and ?, or a query: select … from 'a.parquet'",
    )
    .option(
      "--background <data>",
      "rows to compare with (default: those kept with the version, or 100 of the data)",
    )
    .option(
      "--columns <names>",
      "of the model's table, in its order, with commas between (default: those that the version or file tells)",
      (text) => text.split(",").map((name) => name.trim()),
    )
    .option("--row <number>", "why this row got its answer, from 0 on", wholeNumber)
    .addOption(
      new Option("--output <kind>", "what is explained (default: raw)").choices([
        "raw",
        "probability",
        "log-loss",
      ]),
    )
    .option("--method <name>", "such as tree-path-dependent, exact or permutation (default: auto)")
    .option("--labels <column>", "known answers, for the output log-loss (default: y_true)")
    .option("--top <count>", "how many columns are shown (default: 20)", wholeNumber)
    .option("--rows <count>", "how many rows are explained, drawn by chance", wholeNumber)
    .option("--fixed <columns...>", "columns that nothing can change, with --row")
    .option("--goal <number>", "what the answer should be at least, with --row", decimal)
    .option("--seed <number>", "of what is drawn by chance (default: 0)", wholeNumber)
    .option("--unit <words>", "what is explained is measured in, such as dollars")
    .option("--name <name>", "of the report")
    .option("--html <file>", "write the report as a page of its own, too")
    .option("--log-to <run>", "keep the report with this run, by its id")
    .action(async (reference: string, data: string, words: Words) => {
      const { row, top = 20, html, logTo } = words;
      if (row === undefined && (words.fixed ?? words.goal) !== undefined)
        throw new AssayerError(
          "invalid-argument",
          "explain requires --row with --fixed and --goal; got none",
        );
      const forAll = [html, logTo, words.name, words.rows].some((each) => each !== undefined);
      if (row !== undefined && forAll)
        throw new AssayerError(
          "invalid-argument",
          "explain requires --html, --log-to, --name and --rows without --row; got both",
        );
      if (/\.(json|txt)$/iu.test(reference) && isFile(reference))
        throw new AssayerError(
          "invalid-argument",
          `explain requires an ONNX file; got ${reference}: assayer convert makes one of XGBoost's and LightGBM's own files`,
        );
      const make = async (project?: Project) => {
        const options: DataExplainerOptions = {
          ...longWork(),
          model: isFile(reference) ? reference : await versionOf(project, reference),
          ...(words.background !== undefined && { background: tableOf(words.background) }),
          ...(words.columns && { columns: words.columns }),
          ...(words.output !== undefined && { output: words.output }),
          ...(words.method !== undefined && { method: words.method }),
          ...(words.seed !== undefined && { seed: words.seed }),
        };
        if (row !== undefined) {
          const limits = Object.fromEntries(
            (words.fixed ?? []).map((name) => [name, { fixed: true }]),
          );
          const explanation = await explainRow(tableOf(data), row, {
            ...options,
            counterfactuals: {
              limits,
              ...(words.goal !== undefined && { goal: { atLeast: words.goal } }),
            },
          });
          print({ ...explanation, unit: words.unit ?? explanation.unit }, () =>
            rowText(explanation, top, words.unit),
          );
          return;
        }
        const report = await explanationReport(tableOf(data), {
          ...options,
          ...(words.labels !== undefined && { labels: words.labels }),
          ...(words.rows !== undefined && { rows: words.rows }),
          ...(words.unit !== undefined && { unit: words.unit }),
          ...(words.name !== undefined && { name: words.name }),
        });
        if (html !== undefined) writeFileSync(html, await reportHtml(report));
        if (logTo !== undefined && project) await log(project, logTo, report);
        print(report, () => reportText(shortened(report, top)));
        if (report.verdict === "alarm") process.exitCode = 1;
      };
      await (isFile(reference) && logTo === undefined ? make() : withProject(make));
    });
}

async function versionOf(
  project: Project | undefined,
  reference: string,
): Promise<DataExplainerOptions["model"]> {
  if (!project)
    throw new AssayerError(
      "invalid-argument",
      `explain requires a project for a version; got none for ${reference}`,
    );
  const { model: name, number } = await project.registry.resolve(reference);
  return { project, name, number };
}
