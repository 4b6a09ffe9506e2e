import { statSync } from "node:fs";
import { AssayerError } from "../errors";
import { requireName, requireText } from "../store/check";
import { describeDataset, type DatasetSource } from "../store/tables/describe-dataset";
import type { Dataset } from "../store/read/read-datasets";
import { toColumns, type TableData } from "../store/tables/table-data";
import { projectFile } from "./project-file";

export interface LogDatasetOptions {
  /** Needed for data in memory; default a file's name, or the one the dataset has. */
  name?: string;
  /** What the run uses it for, default "training". */
  context?: string;
  /** Where it came from, such as a URL or a query; default a file's path. */
  source?: string;
}

function isDataset(data: object): data is Dataset {
  const { digest, schema } = data as Partial<Dataset>;
  return typeof digest === "string" && (Array.isArray(schema) || schema === null);
}

function fileSource(
  root: string,
  path: string,
): { name: string; source: string; from: DatasetSource } {
  const { absolute, name } = projectFile(root, path, "logDataset", "its rows or columns");
  const format = /\.(parquet|csv)$/iu.exec(name)?.[1]?.toLowerCase();
  if (format === undefined)
    throw new AssayerError(
      "invalid-argument",
      `logDataset requires a file whose name ends in .parquet or .csv; got ${name}`,
    );
  if (!statSync(absolute, { throwIfNoEntry: false })?.isFile())
    throw new AssayerError(
      "invalid-argument",
      `logDataset requires a readable Parquet or CSV file; got ${absolute}`,
    );
  return {
    name: name.slice(name.lastIndexOf("/") + 1),
    source: name,
    from: { file: absolute, format: format as "parquet" | "csv" },
  };
}

/** Checks what was given, then finds out what the data is. */
export async function describe(
  root: string,
  data: TableData | string | Dataset,
  options: LogDatasetOptions,
): Promise<Dataset> {
  const { context = "training" } = options;
  requireName(context, "logDataset: context");
  if (options.source !== undefined) requireText(options.source, "logDataset: source");
  if (typeof data === "object" && (data as unknown) !== null && isDataset(data)) {
    if (!/^[0-9a-f]{64}$/u.test(data.digest))
      throw new AssayerError(
        "invalid-argument",
        `logDataset requires a dataset with a SHA-256 as digest; got ${JSON.stringify(data.digest)}`,
      );
    const name = requireName(options.name ?? data.name, "logDataset: name");
    return { ...data, name, context, source: options.source ?? data.source };
  }
  const file = typeof data === "string" ? fileSource(root, data) : undefined;
  const name = requireName(options.name ?? file?.name, "logDataset: name");
  const from = file?.from ?? { columns: toColumns(data as TableData, []) };
  return {
    name,
    context,
    source: options.source ?? file?.source ?? null,
    ...(await describeDataset(from)),
  };
}
