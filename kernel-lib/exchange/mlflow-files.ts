import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AssayerError } from "../errors";
import type {
  MlflowDataset,
  MlflowLoggedModel,
  MlflowRun,
  MlflowSeries,
  MlflowSource,
  MlflowVersion,
} from "./mlflow-source";

type Yaml = Record<string, unknown>;

/** As MLflow numbers them: mlflow/protos/service.proto, RunStatus and SourceType. */
const statuses = ["", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];
const sourceTypes = ["", "NOTEBOOK", "JOB", "PROJECT", "LOCAL"];

function foldersOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Names of all files under a folder, with / between the parts; a link could name any file of this machine. */
function filesUnder(path: string, prefix = ""): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesUnder(join(path, entry.name), `${prefix}${entry.name}/`)
        : entry.isFile()
          ? [prefix + entry.name]
          : [],
    )
    .sort();
}

/** A folder of one file for each key, as text. */
function pairsIn(path: string): Map<string, string> {
  return new Map(filesUnder(path).map((key) => [key, readFileSync(join(path, key), "utf8")]));
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined || value === "" ? null : Number(value);
}

function oneOf(names: readonly string[], value: unknown): string | null {
  return typeof value === "number" ? (names[value] ?? null) : textOf(value);
}

/** Python writes numbers that are none as nan, inf and -inf. */
function pythonNumber(text = ""): number {
  const known: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  return known[text.toLowerCase()] ?? Number(text);
}

/** True for a folder of experiments, as MLflow's file store lays it out. */
export function isFileStore(path: string): boolean {
  return foldersOf(path).some(
    (name) => /^\d+$/u.test(name) && existsSync(join(path, name, "meta.yaml")),
  );
}

/** Opens an `mlruns` folder. */
export async function openMlflowFiles(path: string): Promise<MlflowSource> {
  const { parse } = await import("yaml");
  return new FileSource(path, (file) => {
    let content: unknown;
    try {
      content = parse(readFileSync(file, "utf8"), { intAsBigInt: false });
    } catch (cause) {
      throw new AssayerError(
        "invalid-source",
        `importMlflow requires readable YAML; got other text in ${file}`,
        {
          cause,
        },
      );
    }
    if (typeof content === "object" && content !== null) return content as Yaml;
    throw new AssayerError(
      "invalid-source",
      `importMlflow requires a mapping; got none in ${file}`,
    );
  });
}

interface Experiment {
  name: string;
  folder: string;
}

class FileSource implements MlflowSource {
  private readonly found: Experiment[];
  private readonly folders = new Map<string, string>();

  constructor(
    private readonly root: string,
    private readonly yaml: (file: string) => Yaml,
  ) {
    this.found = [root, join(root, ".trash")].flatMap((parent) =>
      foldersOf(parent)
        .filter((name) => existsSync(join(parent, name, "meta.yaml")))
        .map((name) => {
          const folder = join(parent, name);
          return { name: textOf(yaml(join(folder, "meta.yaml")).name) ?? name, folder };
        }),
    );
  }

  experiments(): ReadonlyMap<string, number> {
    return new Map(this.found.map(({ name, folder }) => [name, this.runFolders(folder).length]));
  }

  *runs(experiments: ReadonlySet<string>): Iterable<MlflowRun> {
    for (const { name, folder } of this.found) {
      if (!experiments.has(name)) continue;
      for (const id of this.runFolders(folder)) {
        const run = join(folder, id);
        const meta = this.yaml(join(run, "meta.yaml"));
        this.folders.set(id, run);
        yield {
          id,
          experiment: name,
          name: textOf(meta.run_name) ?? textOf(meta.name),
          status: oneOf(statuses, meta.status) ?? "FINISHED",
          deleted: meta.lifecycle_stage === "deleted",
          deletedAt: numberOf(meta.deleted_time),
          startedAt: numberOf(meta.start_time),
          endedAt: numberOf(meta.end_time),
          user: textOf(meta.user_id),
          sourceType: oneOf(sourceTypes, meta.source_type),
          sourceName: textOf(meta.source_name),
          sourceVersion: textOf(meta.source_version),
          artifactUri: textOf(meta.artifact_uri),
          params: pairsIn(join(run, "params")),
          tags: pairsIn(join(run, "tags")),
          datasets: this.datasetsOf(folder, run),
        };
      }
    }
  }

  *history({ id }: MlflowRun): Iterable<MlflowSeries> {
    const folder = join(this.folders.get(id) ?? "", "metrics");
    for (const key of filesUnder(folder)) yield { key, ...readMetric(join(folder, key)) };
  }

  *loggedModels(): Iterable<MlflowLoggedModel> {
    for (const { name: experiment, folder } of this.found)
      for (const id of foldersOf(join(folder, "models"))) {
        const model = join(folder, "models", id);
        const meta = this.yaml(join(model, "meta.yaml"));
        if (meta.lifecycle_stage === "deleted") continue;
        yield {
          id,
          name: textOf(meta.name) ?? id,
          experiment,
          runId: textOf(meta.source_run_id),
          createdAt: numberOf(meta.creation_timestamp) ?? 0,
          artifactUri: textOf(meta.artifact_location) ?? join(model, "artifacts"),
          description: {
            modelId: id,
            name: meta.name,
            type: meta.model_type,
            status: meta.status,
            createdAt: numberOf(meta.creation_timestamp),
            params: Object.fromEntries(pairsIn(join(model, "params"))),
            tags: Object.fromEntries(pairsIn(join(model, "tags"))),
            metrics: this.modelMetrics(join(model, "metrics")),
          },
        };
      }
  }

  *versions(): Iterable<MlflowVersion> {
    const registry = join(this.root, "models");
    for (const model of foldersOf(registry)) {
      const folder = join(registry, model);
      if (!existsSync(join(folder, "meta.yaml"))) continue;
      const meta = this.yaml(join(folder, "meta.yaml"));
      const aliases = [...pairsIn(join(folder, "aliases"))];
      const numbers = foldersOf(folder)
        .map((name) => Number(/^version-(\d+)$/u.exec(name)?.[1]))
        .filter(Number.isSafeInteger)
        .sort((a, b) => a - b);
      for (const version of numbers) {
        const own = join(folder, `version-${version}`);
        const row = this.yaml(join(own, "meta.yaml"));
        if (row.current_stage === "Deleted_Internal") continue;
        yield {
          model: textOf(meta.name) ?? model,
          version,
          createdAt: numberOf(row.creation_timestamp) ?? numberOf(row.creation_time) ?? 0,
          updatedAt: numberOf(row.last_updated_timestamp) ?? numberOf(row.last_updated_time) ?? 0,
          description: textOf(row.description),
          user: textOf(row.user_id),
          stage: textOf(row.current_stage) ?? "None",
          source: textOf(row.source),
          storageLocation: textOf(row.storage_location),
          runId: textOf(row.run_id),
          tags: pairsIn(join(own, "tags")),
          aliases: aliases.filter(([, number]) => Number(number) === version).map(([name]) => name),
          modelDescription: textOf(meta.description),
          modelTags: pairsIn(join(folder, "tags")),
        };
      }
    }
  }

  *others(): Iterable<{ what: string; count: number }> {
    const count = (part: string) =>
      this.found.reduce((sum, { folder }) => sum + foldersOf(join(folder, part)).length, 0);
    yield { what: "traces", count: count("traces") };
    const tags = this.found.map(({ folder }) => filesUnder(join(folder, "tags")).length);
    yield { what: "tags of experiments", count: tags.reduce((sum, each) => sum + each, 0) };
    const empty = foldersOf(join(this.root, "models")).filter(
      (model) =>
        !foldersOf(join(this.root, "models", model)).some((name) => name.startsWith("version-")),
    );
    yield { what: "registered models without a version", count: empty.length };
  }

  close(): void {
    this.folders.clear();
  }

  private runFolders(folder: string): string[] {
    return foldersOf(folder).filter((name) => {
      if (!/^[\w-]+$/u.test(name)) return false;
      const meta = join(folder, name, "meta.yaml");
      return existsSync(meta) && /^run_(id|uuid):/mu.test(readFileSync(meta, "utf8"));
    });
  }

  private datasetsOf(experiment: string, run: string): MlflowDataset[] {
    return foldersOf(join(run, "inputs")).flatMap((name) => {
      const input = this.yaml(join(run, "inputs", name, "meta.yaml"));
      const id = textOf(input.source_id) ?? "";
      const file = join(experiment, "datasets", id, "meta.yaml");
      if (input.source_type !== "DATASET" || !existsSync(file)) return [];
      const meta = this.yaml(file);
      return [
        {
          name: textOf(meta.name) ?? "",
          digest: textOf(meta.digest) ?? "",
          sourceType: textOf(meta.source_type) ?? "",
          source: textOf(meta.source) ?? "",
          schema: textOf(meta.schema),
          profile: textOf(meta.profile),
          tags: new Map(
            Object.entries((input.tags ?? {}) as Record<string, unknown>).map(([key, value]) => [
              key,
              String(value),
            ]),
          ),
        },
      ];
    });
  }

  private modelMetrics(folder: string) {
    return filesUnder(folder).flatMap((key) =>
      linesOf(join(folder, key)).map((line) => {
        const [timestamp, value, step, ...rest] = line.split(" ");
        const runId = rest.at(-1);
        const [datasetName, datasetDigest] = rest.length > 1 ? rest : [];
        return {
          key,
          value: pythonNumber(value),
          step: Number(step),
          timestamp: Number(timestamp),
          runId,
          datasetName,
          datasetDigest,
        };
      }),
    );
  }
}

function linesOf(file: string): string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

/** Lines of `timestamp value step`, the step missing in old stores, in order of step and time. */
function readMetric(file: string): Omit<MlflowSeries, "key"> {
  const points = linesOf(file).map((line) => {
    const [timestamp, value, step = "0"] = line.split(" ");
    return [Number(step), Number(timestamp), pythonNumber(value)] as const;
  });
  points.sort(([stepA, timeA], [stepB, timeB]) => stepA - stepB || timeA - timeB);
  const column = (index: 0 | 1 | 2) => Float64Array.from(points, (point) => point[index]);
  return { steps: column(0), timestamps: column(1), values: column(2) };
}
