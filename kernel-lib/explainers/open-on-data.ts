import { AssayerError } from "../errors";
import type { ExplanationReport } from "../explain/explanation-report";
import type { Project } from "../project";
import { seededRandom } from "../stats/seeded-random";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { tableOf, type ExplainedData } from "./model-rows";
import {
  explainerOf,
  openModel,
  type Explainer,
  type OpenExplainerOptions,
} from "./open-explainer";
import { readRows, type SourceRows } from "./read-rows";
import { backgroundOf, type BackgroundRows } from "./report-background";

/** A registered version: the newest of its name where no number is said. */
export interface ExplainedVersion {
  project: Project;
  name: string;
  number?: number;
}

/** Which model is explained, and against what. */
export interface DataExplainerOptions
  extends LongWork, Omit<OpenExplainerOptions, "background" | "columns"> {
  /** Bytes of an ONNX file, its path, or a registered version, with whose background it is explained. */
  model: Uint8Array | string | ExplainedVersion;
  /** Rows that missing columns are drawn from: at most 200 of them. Default those kept with the version, else 100 of the data. */
  background?: DataSource;
  /** Names of the model's columns, in its order; default those of the version or the file. */
  columns?: readonly string[];
  /** Column that names a row. Default `request_id`. */
  requestId?: string;
}

/** A model that is opened to explain the rows of a source. */
export interface DataExplainer {
  explainer: Explainer;
  read: SourceRows;
  background: BackgroundRows;
  version: ExplanationReport["model"];
  random: () => number;
}

/**
 * Runs `work` with a model that is opened to explain the rows of a source, and closes it again.
 *
 * @param others columns of the source beside the model's that are read where they are there
 */
export async function withDataExplainer<T>(
  caller: string,
  source: DataSource,
  options: DataExplainerOptions,
  others: readonly string[],
  work: (opened: DataExplainer) => Promise<T>,
): Promise<T> {
  const given = await resolved(options);
  const opened = await openModel(given.model, options.columns ?? given.columns);
  try {
    const { requestId = "request_id", signal, onProgress } = options;
    onProgress?.("reading rows", 0);
    const stop = signal ? { signal } : {};
    const read = await readRows(caller, source, opened.model.columns, [requestId, ...others], stop);
    if (read.rows.count === 0)
      throw new AssayerError("empty-sample", `${caller} requires one row or more; got none`);
    const random = seededRandom(options.seed ?? 0);
    const background = await backgroundOf(caller, opened, options, given.background, read, random);
    const table = background.used ? tableOf(opened.model, background.rows) : undefined;
    const explainer = await explainerOf(opened, explainerOptions(options, table));
    return await work({ explainer, read, background, version: given.version, random });
  } finally {
    await opened.close();
  }
}

interface Given {
  model: Uint8Array | string;
  columns?: readonly string[];
  background?: DataSource;
  version: ExplanationReport["model"];
}

async function resolved({ model }: DataExplainerOptions): Promise<Given> {
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
  { method, output, seed, tolerance, maxSeconds, threads }: DataExplainerOptions,
  background: ExplainedData | undefined,
): OpenExplainerOptions {
  return {
    ...(background && { background }),
    ...(method !== undefined && { method }),
    ...(output !== undefined && { output }),
    ...(seed !== undefined && { seed }),
    ...(tolerance !== undefined && { tolerance }),
    ...(maxSeconds !== undefined && { maxSeconds }),
    ...(threads !== undefined && { threads }),
  };
}
