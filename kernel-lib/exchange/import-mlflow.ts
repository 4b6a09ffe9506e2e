import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AssayerError } from "../errors";
import type { LongWork } from "../store/long-work";
import type { Project } from "../project";
import type { RunSource } from "../store/journal/events";
import { idFrom } from "../store/id";
import { version as assayerVersion } from "../version";
import { ArtifactRoots, filesIn, isFolder } from "./artifact-root";
import { importInto, type ImportReport, type ImportTarget } from "./import-target";
import { importVersions } from "./import-versions";
import { isFileStore, openMlflowFiles } from "./mlflow-files";
import { openMlflowSqlite } from "./mlflow-sqlite";
import type { MlflowDataset, MlflowLoggedModel, MlflowRun, MlflowSource } from "./mlflow-source";

export interface ImportMlflowOptions extends LongWork {
  /** Names of experiments; default all. */
  experiments?: readonly string[];
  /** The folder of the artifacts where it is not in the store's; files elsewhere are never read. */
  artifactRoot?: string;
}

/** The id here of a run there. */
function runIdOf(run: MlflowRun): string {
  return idFrom(run.startedAt ?? run.endedAt ?? 0, "mlflow", run.id);
}

/** Python's text of a number, if a number here keeps its value. */
const numeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/iu;

function typeOfParam(value: string): "number" | "string" {
  if (!numeric.test(value)) return "string";
  const number = Number(value);
  return Number.isFinite(number) && (!/^-?\d+$/u.test(value) || Number.isSafeInteger(number))
    ? "number"
    : "string";
}

function sourceOf(run: MlflowRun): RunSource {
  const type = run.tags.get("mlflow.source.type") ?? run.sourceType;
  const name = run.tags.get("mlflow.source.name") ?? run.sourceName;
  return {
    kind: type === "NOTEBOOK" ? "notebook" : name ? "script" : "unknown",
    name: name === "" ? null : name,
    gitCommit: run.tags.get("mlflow.source.git.commit") ?? (run.sourceVersion || null),
    gitDirty: null,
    nodeVersion: "none",
    assayerVersion,
    user: run.user || run.tags.get("mlflow.user") || "unknown",
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function importDataset(
  target: ImportTarget,
  runId: string,
  dataset: MlflowDataset,
  at: number,
): void {
  const profile = dataset.profile === null ? null : jsonOf(dataset.profile);
  const rows = (profile as { num_rows?: unknown } | null)?.num_rows;
  const schema = dataset.schema === null ? null : jsonOf(dataset.schema);
  const columns = (schema as { mlflow_colspec?: unknown } | null)?.mlflow_colspec ?? schema;
  target.append({
    kind: "dataset",
    runId,
    name: dataset.name,
    digest: dataset.digest,
    context: dataset.tags.get("mlflow.data.context") ?? "",
    source: JSON.stringify({ type: dataset.sourceType, source: jsonOf(dataset.source) }),
    rows: typeof rows === "number" ? rows : null,
    schema: columns === null ? null : JSON.stringify(columns),
    profile: profile === null ? null : JSON.stringify(profile),
    at,
  });
  const others = [...dataset.tags.keys()].filter((key) => key !== "mlflow.data.context").length;
  target.leave(
    "tags of dataset inputs other than the context",
    "a dataset has no tags here",
    others,
  );
}

/** Keeps all files of an artifact address under a run; says what is missing. */
async function importArtifacts(
  target: ImportTarget,
  roots: ArtifactRoots,
  uri: string,
  run: { id: string; at: number },
  prefix = "",
): Promise<number> {
  const folder = roots.find(uri);
  if (folder === undefined) return 0;
  const { files, others } = filesIn(folder);
  for (const file of files) {
    await target.artifact(run.id, prefix + file.name, file, run.at);
    target.requireTime();
  }
  target.leave("links among the artifacts", "only files are read", others);
  return files.length;
}

/** MLflow makes a folder with the first artifact, so that it cannot be told whether any were logged. */
function tellMissing(target: ImportTarget, roots: ArtifactRoots, uri: string): void {
  const place = roots.placeOf(uri);
  if (place === "remote")
    target.leave(
      "runs whose artifacts are on another server",
      "copy them to a folder and name it as artifactRoot",
    );
  else if (place === "outside")
    target.leave(
      "runs whose artifacts are outside the store's folder",
      "name their folder as artifactRoot",
    );
  else if (place === "nowhere")
    target.leave(
      "runs without a folder of artifacts",
      "they logged none, or it is elsewhere: name that as artifactRoot",
    );
}

function importRun(
  target: ImportTarget,
  source: MlflowSource,
  run: MlflowRun,
  ids: ReadonlyMap<string, string>,
): void {
  const runId = runIdOf(run);
  const at = run.startedAt ?? run.endedAt ?? 0;
  const { store } = target;
  const parent = run.tags.get("mlflow.parentRunId");
  const name = run.name || run.tags.get("mlflow.runName") || `run-${run.id.slice(0, 6)}`;
  target.append({
    kind: "run-start",
    runId,
    experiment: run.experiment,
    name,
    parentRunId: (parent !== undefined && ids.get(parent)) || null,
    at,
    source: sourceOf(run),
  });
  const tags = new Map([...run.tags, ["mlflow.runId", run.id] as const]);
  const note = tags.get("mlflow.note.content");
  tags.delete("mlflow.note.content");
  if (note !== undefined) target.append({ kind: "note", runId, text: note });
  const ended = { FINISHED: "finished", FAILED: "failed", KILLED: "killed" } as const;
  const status = ended[run.status as keyof typeof ended] as
    (typeof ended)[keyof typeof ended] | undefined;
  // Nobody goes on with such a run here: it counts as killed, and the tag says what it was.
  if (status === undefined) tags.set("mlflow.status", run.status);
  for (const [key, value] of tags) target.append({ kind: "tag", runId, key, value });
  for (const [key, value] of run.params)
    target.append({ kind: "param", runId, key, value, type: typeOfParam(value) });
  for (const dataset of run.datasets) importDataset(target, runId, dataset, at);
  for (const { key, values, steps, timestamps } of source.history(run))
    target.points(runId, key, values, steps, timestamps);
  if (status !== undefined)
    target.append({ kind: "run-status", runId, status, error: null, at: run.endedAt ?? at });
  if (run.deleted)
    store.log.append({
      kind: "run-edit",
      runId,
      deleted: true,
      by: sourceOf(run).user,
      at: run.deletedAt ?? run.endedAt ?? at,
    });
}

async function importLoggedModel(
  target: ImportTarget,
  roots: ArtifactRoots,
  model: MlflowLoggedModel,
  run: { id: string; at: number },
): Promise<void> {
  const prefix = `models/${model.name}/${model.id}/`;
  const files = await importArtifacts(target, roots, model.artifactUri, run, prefix);
  if (files === 0)
    target.leave("logged models whose files are missing", "name their folder as artifactRoot");
  const plain = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  const description = Buffer.from(JSON.stringify(model.description, plain, 1));
  await target.artifact(run.id, `${prefix}logged-model.json`, description, run.at);
}

/** What is where a path points: the store itself, and the folders its artifacts can be in. */
async function openSource(
  path: string,
  scratch: string,
): Promise<{ source: MlflowSource; folders: string[] }> {
  if (!existsSync(path))
    throw new AssayerError(
      "invalid-source",
      `importMlflow requires a path that exists; got ${path}`,
    );
  const inner = join(path, "mlflow.db");
  if (!isFolder(path) || existsSync(inner)) {
    const file = isFolder(path) ? inner : path;
    const home = dirname(file);
    mkdirSync(scratch);
    return {
      source: await openMlflowSqlite(file, scratch),
      folders: [home, join(home, "mlruns"), join(home, "mlartifacts")],
    };
  }
  for (const root of [path, join(path, "mlruns")])
    if (isFolder(root) && isFileStore(root))
      return {
        source: await openMlflowFiles(root),
        folders: [root, dirname(root), join(dirname(root), "mlartifacts")],
      };
  throw new AssayerError(
    "invalid-source",
    `importMlflow requires an mlflow.db or an mlruns folder; got a folder with neither: ${path}`,
  );
}

function requireExperiments(
  source: MlflowSource,
  wanted: readonly string[] | undefined,
): Set<string> {
  const known = source.experiments();
  for (const name of wanted ?? [])
    if (!known.has(name))
      throw new AssayerError(
        "unknown-experiment",
        `unknown experiment: ${name}; expected one of ${[...known.keys()].join(", ")}`,
      );
  return new Set(wanted ?? known.keys());
}

/**
 * Brings an MLflow store over: runs with params, tags, notes, whole metric histories, datasets and artifacts, and
 * registered models with their versions, stages, aliases and tags. The source is only read. Runs get ids that
 * follow from theirs, so that importing again adds only what is new; the answer counts what was read, what of it is
 * new, and what has no place here.
 *
 * A run that MLflow says is running or scheduled counts as killed, with what it was in the tag `mlflow.status`. A
 * version with an ONNX model is served as any other; of another framework it has the format `mlflow` and is kept.
 *
 * @param path an `mlflow.db`, an `mlruns` folder, or a folder that has either
 * @throws AssayerError "invalid-source" when it is no MLflow store, "unknown-experiment", "aborted"
 * @example await importMlflow(project, "../old/mlflow.db");
 */
export function importMlflow(
  project: Project,
  path: string,
  options: ImportMlflowOptions = {},
): Promise<ImportReport> {
  return importInto(project, "importMlflow", options, async (target) => {
    const scratch = join(dirname(target.store.directory), "source");
    const { source, folders } = await openSource(resolve(path), scratch);
    const artifactRoot = options.artifactRoot === undefined ? [] : [resolve(options.artifactRoot)];
    const roots = new ArtifactRoots([...artifactRoot, ...folders]);
    try {
      await importAll(target, source, roots, options);
    } finally {
      source.close();
    }
  });
}

async function importAll(
  target: ImportTarget,
  source: MlflowSource,
  roots: ArtifactRoots,
  options: ImportMlflowOptions,
): Promise<void> {
  const experiments = requireExperiments(source, options.experiments);
  const counts = source.experiments();
  const total = [...experiments].reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
  const runs = new Map<string, { id: string; at: number }>();
  const ids = new Map<string, string>();
  for (const run of source.runs(experiments)) ids.set(run.id, runIdOf(run));
  for (const run of source.runs(experiments)) {
    importRun(target, source, run, ids);
    const own = { id: runIdOf(run), at: run.startedAt ?? run.endedAt ?? 0 };
    runs.set(run.id, own);
    if (run.artifactUri !== null) {
      await importArtifacts(target, roots, run.artifactUri, own);
      tellMissing(target, roots, run.artifactUri);
    }
    await target.step(`run ${runs.size} of ${total}`, (runs.size / Math.max(total, 1)) * 0.8);
  }
  const models = new Map<string, MlflowLoggedModel>();
  for (const model of source.loggedModels()) {
    models.set(model.id, model);
    if (!experiments.has(model.experiment)) continue;
    const run = model.runId === null ? undefined : runs.get(model.runId);
    if (run) await importLoggedModel(target, roots, model, run);
    else target.leave("logged models without a run", "an artifact belongs to a run here");
    await target.step(`logged model ${model.name}`, 0.8);
  }
  await importVersions(target, source, {
    roots,
    runs,
    models,
    partly: options.experiments !== undefined,
  });
  const empty = [...experiments].filter((name) => counts.get(name) === 0).length;
  target.leave("experiments without runs", "an experiment is there with its first run", empty);
  for (const { what, count } of source.others())
    target.leave(what, "there is no such thing here", count);
}
