import type { TensorSpec, GoldenSample } from "../../onnx/tensor";
import { queryRows, type Connection } from "../connection";
import type { ModelFormat } from "../journal/events";

export interface Model {
  name: string;
  versions: number;
  latest: number;
  /** The version that holds each stage, for stages that one version at a time can hold. */
  stages: Record<string, number>;
}

export interface ModelVersion {
  model: string;
  number: number;
  /** `onnx`; `mlflow` for files that were brought over as they were, and are not served. */
  format: ModelFormat;
  stage: string;
  /** SHA-256 of the ONNX file, or of the list of files. */
  digest: string;
  size: number;
  runId: string | null;
  createdAt: Date;
  createdBy: string;
  input: TensorSpec[];
  output: TensorSpec[];
  sample: GoldenSample | null;
  note: string | null;
  tags: Record<string, string>;
  /** What is kept of the data it was made with; \`registry.profile\` reads it. */
  profile: { digest: string; rows: number; columns: number } | null;
  /** Rows that its explanations compare with; `registry.background` reads them. */
  background: { digest: string; rows: number; columns: number } | null;
}

export interface StageTransition {
  model: string;
  number: number;
  from: string;
  to: string;
  reason: string;
  by: string;
  at: Date;
}

/** One push of a version to a target, whether it went well or not. */
export interface Deployment {
  deploymentId: string;
  model: string;
  number: number;
  target: string;
  status: "succeeded" | "failed";
  detail: string | null;
  /** Counter of an edge bundle: a device takes only a higher one than it has. */
  counter: number | null;
  by: string;
  at: Date;
}

type VersionRow = Omit<
  ModelVersion,
  "input" | "output" | "sample" | "tags" | "profile" | "background"
> & {
  input: string;
  output: string;
  sample: string | null;
  tags: string | null;
  profile: string | null;
  background: string | null;
};

const versionColumns = `model, number, format, stage, digest, size, run_id as "runId", created_at as "createdAt",
  created_by as "createdBy", input, output, sample, note,
  (select json_group_object(t.key, t.value) from version_tags t
    where t.model = v.model and t.number = v.number) as tags,
  ${keptColumn("version_profiles")} as profile,
  ${keptColumn("version_backgrounds")} as background`;

function keptColumn(table: string): string {
  return `(select json_object('digest', p.digest, 'rows', p.row_count, 'columns', p.column_count) from ${table} p
    where p.model = v.model and p.number = v.number)`;
}

function toVersion(row: VersionRow): ModelVersion {
  return {
    ...row,
    input: JSON.parse(row.input) as TensorSpec[],
    output: JSON.parse(row.output) as TensorSpec[],
    sample: row.sample === null ? null : (JSON.parse(row.sample) as GoldenSample),
    tags: row.tags === null ? {} : (JSON.parse(row.tags) as Record<string, string>),
    profile: row.profile === null ? null : (JSON.parse(row.profile) as ModelVersion["profile"]),
    background:
      row.background === null ? null : (JSON.parse(row.background) as ModelVersion["background"]),
  };
}

/** Models by name; `shared` are the stages that any number of versions can be in. */
export async function listModels(
  connection: Connection,
  shared: readonly string[],
): Promise<Model[]> {
  const models = await queryRows<Omit<Model, "stages"> & { name: string }>(
    connection,
    "select model as name, versions, latest from models order by model",
  );
  const held = await queryRows<{ model: string; number: number; stage: string }>(
    connection,
    "select model, number, stage from model_versions order by number",
  );
  return models.map((model) => ({
    ...model,
    stages: Object.fromEntries(
      held
        .filter(({ model: name, stage }) => name === model.name && !shared.includes(stage))
        .map(({ stage, number }) => [stage, number]),
    ),
  }));
}

/** Versions of a model, the newest first. */
export async function listVersions(connection: Connection, model: string): Promise<ModelVersion[]> {
  const rows = await queryRows<VersionRow>(
    connection,
    `select ${versionColumns} from model_versions v where model = ? order by number desc`,
    [model],
  );
  return rows.map(toVersion);
}

export async function listVersionsOfRun(
  connection: Connection,
  runId: string,
): Promise<ModelVersion[]> {
  const rows = await queryRows<VersionRow>(
    connection,
    `select ${versionColumns} from model_versions v where run_id = ? order by model, number`,
    [runId],
  );
  return rows.map(toVersion);
}

/** Stage changes of a model, the newest first. */
export function listTransitions(connection: Connection, model: string): Promise<StageTransition[]> {
  return queryRows<StageTransition>(
    connection,
    `select model, number, from_stage as "from", to_stage as "to", reason, changed_by as "by", changed_at as "at"
      from stage_transitions where model = ? order by changed_at desc, transition_id desc`,
    [model],
  );
}

/** Deployments of a model, or of all, the newest first. */
export function listDeployments(connection: Connection, model?: string): Promise<Deployment[]> {
  return queryRows<Deployment>(
    connection,
    `select deployment_id as "deploymentId", model, number, target, status, detail, counter, deployed_by as "by",
      deployed_at as "at" from deployments ${model === undefined ? "" : "where model = ?"} order by deployed_at desc, deployment_id desc`,
    model === undefined ? [] : [model],
  );
}
