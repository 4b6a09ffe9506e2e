import { AssayerError } from "../../errors";
import type { TokenReader } from "./search-tokens";

/** What a run can be asked for: an attribute of it, a key that it logged, or a dataset that it used. */
export interface Field {
  group: "attributes" | "metrics" | "params" | "tags" | "datasets";
  key: string;
}

type AttributeType = "text" | "status" | "time" | "number" | "boolean";

/** Attributes of a run: the type of each, and its expression over the table `runs r`. */
export const attributes: Readonly<Record<string, { type: AttributeType; sql: string }>> = {
  run_id: { type: "text", sql: "r.run_id" },
  name: { type: "text", sql: "r.name" },
  experiment: { type: "text", sql: "r.experiment" },
  status: { type: "status", sql: "r.status" },
  started_at: { type: "time", sql: "r.started_at" },
  ended_at: { type: "time", sql: "r.ended_at" },
  /** Seconds. */
  duration: { type: "number", sql: "(epoch_us(r.ended_at) - epoch_us(r.started_at)) / 1e6" },
  parent_run_id: { type: "text", sql: "r.parent_run_id" },
  user: { type: "text", sql: "r.user_name" },
  note: { type: "text", sql: "r.note" },
  error: { type: "text", sql: "r.error" },
  source_kind: { type: "text", sql: "r.source_kind" },
  source_name: { type: "text", sql: "r.source_name" },
  git_commit: { type: "text", sql: "r.git_commit" },
  git_dirty: { type: "boolean", sql: "r.git_dirty" },
  node_version: { type: "text", sql: "r.node_version" },
  assayer_version: { type: "text", sql: "r.assayer_version" },
  starred: { type: "boolean", sql: "r.starred" },
  hidden: { type: "boolean", sql: "r.hidden" },
  deleted_at: { type: "time", sql: "r.deleted_at" },
  deleted_by: { type: "text", sql: "r.deleted_by" },
};

/** Other names of attributes: MLflow's, and those of the table. */
const aliases: Readonly<Record<string, string>> = {
  run_name: "name",
  start_time: "started_at",
  created: "started_at",
  end_time: "ended_at",
  user_id: "user",
  user_name: "user",
};

/** Names of groups, MLflow's synonyms among them. */
const groups: Readonly<Record<string, Field["group"]>> = {
  attribute: "attributes",
  attributes: "attributes",
  attr: "attributes",
  run: "attributes",
  metric: "metrics",
  metrics: "metrics",
  param: "params",
  params: "params",
  parameter: "params",
  parameters: "params",
  tag: "tags",
  tags: "tags",
  dataset: "datasets",
  datasets: "datasets",
};

const datasetKeys = ["name", "digest", "context"];

/** `startedAt`, `Run Name` and `run_name` name one attribute. */
function attributeName(text: string): string | undefined {
  const name = text
    .replace(/([a-z])([A-Z])/gu, "$1_$2")
    .replaceAll(" ", "_")
    .toLowerCase();
  const known = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return known !== undefined && Object.hasOwn(attributes, known) ? known : undefined;
}

function requireKey(group: Field["group"], key: string, where: string): Field {
  const known = group === "attributes" ? attributeName(key) : key;
  if (known === undefined)
    throw new AssayerError(
      "invalid-filter",
      `unknown attribute${where}: ${key}; expected one of ${Object.keys(attributes).join(", ")}, or metrics.<key>, params.<key>, tags.<key>`,
    );
  if (group === "datasets" && !datasetKeys.includes(key))
    throw new AssayerError(
      "invalid-filter",
      `unknown dataset key${where}: ${key}; expected one of ${datasetKeys.join(", ")}`,
    );
  return { group, key: known };
}

/**
 * Reads a field: an attribute such as `status` or `attributes.status`, or `metrics.auc`. A key with spaces, commas,
 * quotes or comparison signs is quoted: `` params.`learning rate` ``, `tags."a,b"`.
 */
export function readField(reader: TokenReader): Field {
  const token = reader.peek();
  if (token.kind !== "word")
    throw reader.unexpected("a field such as metrics.auc, params.depth, tags.x or status");
  reader.next();
  const where = ` at position ${token.start + 1}`;
  const dot = token.text.indexOf(".");
  if (dot < 0) return requireKey("attributes", token.text, where);
  const prefix = token.text.slice(0, dot);
  const group = Object.hasOwn(groups, prefix) ? groups[prefix] : undefined;
  if (group === undefined)
    throw new AssayerError(
      "invalid-filter",
      `unknown group${where}: ${prefix}; expected one of attributes, metrics, params, tags, datasets`,
    );
  const key = token.text.slice(dot + 1);
  if (key !== "") return requireKey(group, key, where);
  const quoted = reader.peek();
  if (quoted.kind !== "quoted" || quoted.start !== token.end)
    throw reader.unexpected(`a key right after ${token.text}`);
  return requireKey(group, reader.next().text, where);
}

/**
 * The field of a column: as in a filter, but a key needs no quotes, since nothing comes after it.
 *
 * @example columnField("metrics.val loss") // { group: "metrics", key: "val loss" }
 */
export function columnField(column: string): Field {
  const [, prefix = "", text = column] = /^([a-z]+)\.(.+)$/su.exec(column) ?? [];
  const group = Object.hasOwn(groups, prefix) ? groups[prefix] : undefined;
  const key = /^(["'`])(.*)\1$/su.exec(text)?.[2] ?? text;
  if (group === "datasets")
    throw new AssayerError(
      "invalid-argument",
      `searchRuns requires columns of attributes, metrics, params or tags; got ${column}`,
    );
  return group === undefined ? requireKey("attributes", column, "") : requireKey(group, key, "");
}
