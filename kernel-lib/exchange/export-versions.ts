import type { ModelVersion } from "../registry/registry";
import type { Datatype, TensorSpec } from "../onnx/tensor";
import { versionsQuery } from "../store/read/exchange-queries";
import type { FileList } from "../store/file-list";
import { proxiedPath, type ExportWork, type SentRun } from "./export-work";
import { MlflowRefusal } from "./mlflow-api";
import { mlflowLimits } from "./mlflow-limits";

/** Numpy's names, which MLflow's signatures use. */
const numpyTypes: Readonly<Record<Datatype, string>> = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "str",
};

function signature(tensors: readonly TensorSpec[]): string {
  return JSON.stringify(
    tensors.map(({ name, datatype, shape }) => ({
      name,
      type: "tensor",
      "tensor-spec": { dtype: numpyTypes[datatype], shape },
    })),
  );
}

/** The description that MLflow opens an ONNX model by. */
async function mlModel(version: ModelVersion, runId: string, path: string): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify({
    artifact_path: path,
    flavors: {
      onnx: {
        data: "model.onnx",
        onnx_version: "1.15.0",
        providers: ["CPUExecutionProvider"],
        onnx_session_options: null,
        code: null,
      },
      python_function: { loader_module: "mlflow.onnx", data: "model.onnx" },
    },
    run_id: runId,
    signature: { inputs: signature(version.input), outputs: signature(version.output) },
    utc_time_created: version.createdAt.toISOString().replace("T", " ").replace("Z", ""),
  });
}

/** Sends the files of a version into its run's folder; returns the address that MLflow knows them by. */
async function sendFiles(
  work: ExportWork,
  version: ModelVersion,
  run: SentRun,
): Promise<string | undefined> {
  const { project, api } = work;
  const root = proxiedPath(run.artifactUri);
  if (root === undefined) return undefined;
  const path = `model-versions/${version.model.replace(/[^\w.-]/gu, "_")}/${version.number}`;
  if (version.format === "onnx") {
    await api.upload(`${root}/${path}/model.onnx`, { file: project.artifactPath(version.digest) });
    await api.upload(`${root}/${path}/MLmodel`, { text: await mlModel(version, run.id, path) });
    if (version.sample)
      await api.upload(`${root}/${path}/golden-sample.json`, {
        text: JSON.stringify(version.sample, null, 1),
      });
  } else {
    const { files } = JSON.parse(
      (await project.readArtifact(version.digest)).toString(),
    ) as FileList;
    for (const { name, sha256 } of files)
      await api.upload(`${root}/${path}/${name}`, { file: project.artifactPath(sha256) });
  }
  return `${run.artifactUri.replace(/\/+$/u, "")}/${path}`;
}

const modelTag = "mlflow.model.tag.";
const aliasTag = "mlflow.alias.";

/** Makes the model there, with the tags and the description that an import kept with its versions. */
async function requireModel({ api }: ExportWork, version: ModelVersion): Promise<void> {
  const tags = Object.entries(version.tags)
    .filter(([key]) => key.startsWith(modelTag))
    .map(([key, value]) => ({ key: key.slice(modelTag.length), value }));
  const description = version.tags["mlflow.model.description"];
  try {
    await api.post("registered-models/create", {
      name: version.model,
      tags,
      ...(description && { description }),
    });
  } catch (error) {
    if (!(error instanceof MlflowRefusal && error.errorCode === "RESOURCE_ALREADY_EXISTS"))
      throw error;
  }
}

interface VersionAnswer {
  version: string;
  tags?: { key: string; value: string }[];
}

async function findVersion(
  { api, project }: ExportWork,
  version: ModelVersion,
): Promise<string | undefined> {
  const quote = version.model.includes("'") ? '"' : "'";
  let token = "";
  do {
    const answer = (await api.get("model-versions/search", {
      filter: `name = ${quote}${version.model}${quote}`,
      max_results: "1000",
      ...(token === "" ? {} : { page_token: token }),
    })) as { model_versions?: VersionAnswer[]; next_page_token?: string };
    const own = `${project.id} ${version.number} ${version.digest}`;
    for (const { version: number, tags = [] } of answer.model_versions ?? [])
      if (tags.some(({ key, value }) => key === "assayer.version_id" && value === own))
        return number;
    token = answer.next_page_token ?? "";
  } while (token !== "");
  return undefined;
}

function tagsOf(version: ModelVersion, projectId: string): Record<string, string> {
  const own = Object.entries(version.tags).filter(
    ([key]) =>
      !key.startsWith(modelTag) && !key.startsWith(aliasTag) && key !== "mlflow.model.description",
  );
  return {
    ...Object.fromEntries(own),
    "assayer.version_id": `${projectId} ${version.number} ${version.digest}`,
    "assayer.version": String(version.number),
    "assayer.stage": version.stage,
    "assayer.sha256": version.digest,
  };
}

async function sendVersion(work: ExportWork, version: ModelVersion, run: SentRun): Promise<void> {
  const { api, project, report, leave } = work;
  await requireModel(work, version);
  const tags = tagsOf(version, project.id);
  let number = await findVersion(work, version);
  if (number === undefined) {
    const source = await sendFiles(work, version, run);
    if (source === undefined) {
      leave("model versions", "the server takes no files itself: start it with --serve-artifacts");
      return;
    }
    const made = (await api.post("model-versions/create", {
      name: version.model,
      source,
      run_id: run.id,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      ...(version.note !== null && { description: version.note.slice(0, mlflowLimits.tagValue) }),
    })) as { model_version: VersionAnswer };
    number = made.model_version.version;
    report.modelVersions++;
  } else {
    for (const [key, value] of Object.entries(tags))
      await api.post("model-versions/set-tag", {
        name: version.model,
        version: number,
        key,
        value,
      });
  }
  const aliases = Object.keys(version.tags)
    .filter((key) => key.startsWith(aliasTag))
    .map((key) => key.slice(aliasTag.length));
  // A stage that one version at a time holds is what MLflow has aliases for.
  if (project.stages.slice(1, -1).includes(version.stage)) aliases.push(version.stage);
  for (const alias of aliases)
    await api.post("registered-models/alias", { name: version.model, alias, version: number });
}

/** Sends the model versions of the runs that were sent, oldest first; of all of them, those without a run are told. */
export async function exportVersions(work: ExportWork, partly: boolean): Promise<void> {
  const rows = await work.project.sql(versionsQuery);
  for (const { model, number } of rows) {
    const version = await work.project.registry.version(model as string, number as number);
    const run = version.runId === null ? undefined : work.sent.get(version.runId);
    if (run) await sendVersion(work, version, run);
    else if (!partly)
      work.leave("model versions without a run", "MLflow takes a version's files with its run");
  }
}
