import type { FileList } from "../store/file-list";
import { filesIn, type ArtifactRoots, type FoundFile } from "./artifact-root";
import type { ImportTarget } from "./import-target";
import { readMlflowModel } from "./mlflow-model";
import type { MlflowLoggedModel, MlflowSource, MlflowVersion } from "./mlflow-source";

/** What versions refer to. */
export interface VersionContext {
  roots: ArtifactRoots;
  /** Runs that were brought over, by their id in MLflow. */
  runs: ReadonlyMap<string, { id: string; at: number }>;
  models: ReadonlyMap<string, MlflowLoggedModel>;
  /** Only versions of the runs above are wanted. */
  partly: boolean;
}

/** The folder of a version's files. */
function folderOf(version: MlflowVersion, { roots, models }: VersionContext): string | undefined {
  const model = /^models:\/(m-[\w-]+)$/u.exec(version.source ?? "")?.[1];
  const uris = [
    version.storageLocation,
    model === undefined ? null : models.get(model)?.artifactUri,
    /^[a-z]+:\/(?!\/)/u.test(version.source ?? "") &&
    !version.source?.startsWith("mlflow-artifacts:")
      ? null
      : version.source,
  ];
  for (const uri of uris) {
    const folder = uri ? roots.find(uri) : undefined;
    if (folder !== undefined) return folder;
  }
  return undefined;
}

/** The files of a version that is kept as it came: a list of them is what the version's digest names. */
async function keepFiles(target: ImportTarget, files: readonly FoundFile[]) {
  const list: FileList = { files: [] };
  for (const file of files) {
    const { digest, size } = await target.keep(file);
    list.files.push({ name: file.name, sha256: digest, size });
  }
  return target.keep(Buffer.from(JSON.stringify(list, null, 1)));
}

function tagsOf(version: MlflowVersion, wantedStage: string | undefined): Map<string, string> {
  const tags = new Map(version.tags);
  for (const alias of version.aliases) tags.set(`mlflow.alias.${alias}`, "true");
  for (const [key, value] of version.modelTags) tags.set(`mlflow.model.tag.${key}`, value);
  if (version.modelDescription) tags.set("mlflow.model.description", version.modelDescription);
  if (version.runId) tags.set("mlflow.runId", version.runId);
  if (version.source) tags.set("mlflow.source", version.source);
  if (wantedStage !== undefined) tags.set("mlflow.stage", wantedStage);
  return tags;
}

/** Of several versions in one stage, which MLflow allows, the newest holds it here. */
function holders(
  versions: readonly MlflowVersion[],
  stages: readonly string[],
): Map<string, number> {
  const found = new Map<string, number>();
  for (const { model, stage, version } of versions) {
    const name = stage.toLowerCase();
    if (!stages.slice(1, -1).includes(name)) continue;
    const key = JSON.stringify([model, name]);
    found.set(key, Math.max(found.get(key) ?? 0, version));
  }
  return found;
}

async function importVersion(
  target: ImportTarget,
  version: MlflowVersion,
  context: VersionContext,
  held: ReadonlyMap<string, number>,
): Promise<void> {
  const { stages } = target.store.manifest;
  const [first = "none", last = "archived"] = [stages[0], stages.at(-1)];
  const { model, version: number } = version;
  const folder = folderOf(version, context);
  const { files } = folder === undefined ? { files: [] } : filesIn(folder);
  if (files.length === 0)
    target.leave("model versions whose files are missing", "name their folder as artifactRoot");
  const read = await readMlflowModel(folder ?? "", files);
  for (const { what, why } of read.problems) target.leave(what, why);
  const kept = read.onnx ? await target.keep(read.onnx) : await keepFiles(target, files);
  const by = version.user || "unknown";
  target.append({
    kind: "model-version",
    model,
    number,
    format: read.onnx ? "onnx" : "mlflow",
    stage: first,
    ...kept,
    runId: (version.runId && context.runs.get(version.runId)?.id) || null,
    input: JSON.stringify(read.input),
    output: JSON.stringify(read.output),
    sample: read.sample && JSON.stringify(read.sample),
    note: version.description || null,
    by,
    at: version.createdAt,
  });
  const stage = version.stage.toLowerCase();
  const known = stages.includes(stage);
  const holder = held.get(JSON.stringify([model, stage]));
  const replaced = holder !== undefined && holder !== number;
  const to = replaced ? last : known ? stage : first;
  if (to !== first)
    target.append({
      kind: "stage",
      model,
      moves: [{ number, from: first, to, reason: `${version.stage} in MLflow` }],
      by,
      at: version.updatedAt,
    });
  const tags = tagsOf(version, replaced || !known ? version.stage : undefined);
  for (const [key, value] of tags)
    target.append({ kind: "version-tag", model, number, key, value });
}

/** Brings registered models over: an ONNX model as a version that is served, any other as its files. */
export async function importVersions(
  target: ImportTarget,
  source: MlflowSource,
  context: VersionContext,
): Promise<void> {
  const versions = [...source.versions()].filter(({ runId, model, modelTags }) => {
    if (context.partly && (runId === null || !context.runs.has(runId))) return false;
    if (modelTags.get("mlflow.prompt.is_prompt")?.toLowerCase() === "true")
      target.leave("versions of prompts", "there is no such thing here");
    else if (model.includes("@") || model.length > 250)
      target.leave(
        "versions of models with @ or more than 250 characters in their name",
        "rename them",
      );
    else return true;
    return false;
  });
  const held = holders(versions, target.store.manifest.stages);
  for (const [position, version] of versions.entries()) {
    await importVersion(target, version, context, held);
    await target.step(
      `${version.model} version ${version.version}`,
      0.8 + (0.1 * (position + 1)) / versions.length,
    );
  }
}
