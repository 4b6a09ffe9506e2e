import { AssayerError } from "../errors";
import type { ExplanationReport } from "../explain/explanation-report";
import type { Project } from "../project";
import { seededRandom } from "../stats/seeded-random";
import type { LongWork } from "../store/long-work";
import { additivityTolerance } from "../store/reports/explanation-schema";
import type { DataSource } from "../store/scan/data-source";
import { drawnRows } from "./even-sample";
import { explainAll, type ExplainedAll } from "./explain-all";
import { explanationSummary } from "./explanation-summary";
import { cellsOf, pickRows, tableOf, type ExplainedData, type ModelRows } from "./model-rows";
import {
  explainerOf,
  openModel,
  type Explainer,
  type OpenExplainerOptions,
} from "./open-explainer";
import { readRows, type SourceRows } from "./read-rows";
import { backgroundOf } from "./report-background";

/** A registered version: the newest of its name where no number is said. */
export interface ExplainedVersion {
  project: Project;
  name: string;
  number?: number;
}

export interface ExplanationReportOptions
  extends LongWork, Omit<OpenExplainerOptions, "background" | "columns"> {
  /** Bytes of an ONNX file, its path, or a registered version, with whose background it is explained. */
  model: Uint8Array | string | ExplainedVersion;
  /** Rows that missing columns are drawn from: at most 200 of them. Default those kept with the version, else 100 of the data. */
  background?: DataSource;
  /** Names of the model's columns, in its order; default those of the version or the file. */
  columns?: readonly string[];
  /** Default `explanation`. */
  name?: string;
  /** Column that names a row. Default `request_id`. */
  requestId?: string;
  /** Column with the known answers, of the output log-loss. Default `y_true`. */
  labels?: string;
  /** What a SHAP value is measured in; default as the model tells. */
  unit?: string;
  /** At most so many rows are explained, drawn by chance. Default all; 1,000 with methods that ask the model. */
  rows?: number;
  /** When the report is made. Default now. */
  now?: Date;
}

/** Rows that are explained by methods that ask the model for each. */
const mostAsked = 1000;

/**
 * How a model comes to its answers on some data: the mean |SHAP value| of each column over all rows with its interval,
 * and a sample of rows, evenly spaced by what is predicted of them, with their SHAP values. The report holds values of
 * those rows and of the background.
 *
 * @param source the model's columns, by name, and any others
 * @returns plain JSON
 * @throws AssayerError "invalid-argument" for columns that are missing or of another kind; what `openExplainer` and
 *   reading the source throw; "aborted" once the signal says so
 * @example await explanationReport("adult.csv", { model: { project, name: "income" } })
 */
export async function explanationReport(
  source: DataSource,
  options: ExplanationReportOptions,
): Promise<ExplanationReport> {
  const given = await resolved(options);
  const opened = await openModel(given.model, options.columns ?? given.columns);
  let explainer: Explainer | undefined;
  try {
    const { requestId = "request_id", labels = "y_true", signal, onProgress } = options;
    const stop = signal ? { signal } : {};
    onProgress?.("reading rows", 0);
    const read = await readRows(
      "explanationReport",
      source,
      opened.model.columns,
      options.output === "log-loss" ? [requestId, labels] : [requestId],
      stop,
    );
    if (read.rows.count === 0)
      throw new AssayerError(
        "empty-sample",
        "explanationReport requires one row or more; got none",
      );
    const random = seededRandom(options.seed ?? 0);
    const background = await backgroundOf(opened, options, given.background, read, random);
    const table = background.used ? tableOf(opened.model, background.rows) : undefined;
    explainer = await explainerOf(opened, explainerOptions(options, table));
    const chosen = chosenRows(explainer, read.rows.count, options.rows, random);
    const rows = chosen ? pickRows(read.rows, chosen) : read.rows;
    const explained = await explainAll(explainer, rows, chosen, read, options);
    const warnings = [
      ...background.warnings,
      ...(chosen
        ? [
            `${rows.count} of ${read.rows.count} rows are explained, drawn by chance: the method ${explainer.method} asks the model for each`,
          ]
        : []),
    ];
    return assemble(explainer, explained, read, background.rows, warnings, given.version, options);
  } finally {
    await (explainer ?? opened).close();
  }
}

interface Given {
  model: Uint8Array | string;
  columns?: readonly string[];
  background?: DataSource;
  version: ExplanationReport["model"];
}

async function resolved({ model }: ExplanationReportOptions): Promise<Given> {
  if (typeof model === "string" || model instanceof Uint8Array) return { model, version: null };
  const { project, name } = model;
  const { registry } = project;
  const version = await registry.resolve(
    model.number === undefined ? name : `${name}@${model.number}`,
  );
  const { number, digest, input } = version;
  const columns = input.length === 1 ? input[0]?.columns : undefined;
  const background = await registry.background(name, number);
  return {
    model: await project.readArtifact(digest),
    ...(columns && { columns }),
    ...(background && { background }),
    version: { name, number },
  };
}

function explainerOptions(
  { method, output, seed, tolerance, maxSeconds }: ExplanationReportOptions,
  background: ExplainedData | undefined,
): OpenExplainerOptions {
  return {
    ...(background && { background }),
    ...(method !== undefined && { method }),
    ...(output !== undefined && { output }),
    ...(seed !== undefined && { seed }),
    ...(tolerance !== undefined && { tolerance }),
    ...(maxSeconds !== undefined && { maxSeconds }),
  };
}

/** Places of the rows to explain; null for all. */
function chosenRows(
  { method }: Explainer,
  rows: number,
  wanted: number | undefined,
  random: () => number,
): number[] | null {
  const isExact = method.startsWith("tree-") || method.startsWith("linear");
  const limit = wanted ?? (isExact ? Infinity : mostAsked);
  if (wanted !== undefined && !(Number.isSafeInteger(wanted) && wanted >= 1))
    throw new AssayerError(
      "invalid-argument",
      `explanationReport requires rows of 1 or more; got ${wanted}`,
    );
  return rows > limit ? drawnRows(rows, limit, random) : null;
}

function assemble(
  explainer: Explainer,
  explained: ExplainedAll,
  { data }: SourceRows,
  background: ModelRows,
  warnings: readonly string[],
  model: ExplanationReport["model"],
  options: ExplanationReportOptions,
): ExplanationReport {
  const { importance, baseValue, sample, additivityError, relativeError, converged } = explained;
  const { outputs } = explainer.model;
  const { unit = explainer.unit, name = "explanation" } = options;
  const isOff = relativeError > additivityTolerance;
  return {
    kind: "explanation",
    format: 1,
    name,
    createdAt: (options.now ?? new Date()).toISOString(),
    data,
    model,
    method: explainer.method,
    output: explainer.output,
    unit,
    columns: explainer.model.columns.map((column) => column.name),
    outputs: [...outputs],
    baseValue,
    background: explainer.background,
    additivityError,
    importance,
    sample,
    backgroundRows: Array.from({ length: background.count }, (_, row) => cellsOf(background, row)),
    verdict: isOff ? "alarm" : converged ? "stable" : "undecided",
    summary: explanationSummary({ importance, outputs, unit, data }),
    warnings: [
      ...warnings,
      ...(isOff
        ? [`base value and SHAP values miss a prediction by ${additivityError.toPrecision(3)}`]
        : []),
      ...(converged ? [] : ["sampling ended before its tolerance was reached"]),
    ],
  };
}
