import { createHash } from "node:crypto";
import { join } from "node:path";
import { runQueries } from "../store/read/exchange-queries";
import type { MetricSeries } from "../store/read/sample-history";
import { proxiedPath, type ExportWork, type ListedRun, type SentRun } from "./export-work";
import { batches, KeyNames, mlflowLimits } from "./mlflow-limits";

type Row = Record<string, unknown>;

const statuses: Readonly<Record<string, string>> = {
  running: "RUNNING",
  finished: "FINISHED",
  failed: "FAILED",
  killed: "KILLED",
};

/** What a run says, in MLflow's words, and a digest of all of it. */
async function readRun(work: ExportWork, listed: ListedRun) {
  const { project, sent } = work;
  const { runId, parentRunId } = listed;
  const rows = async (sql: string) => await project.sql(sql, [runId]);
  const [run = {}] = await rows(runQueries.run);
  const tags = new Map(
    (await rows(runQueries.tags)).map(({ key, value }) => [key as string, value as string]),
  );
  const parent = parentRunId === null ? undefined : sent.get(parentRunId)?.id;
  tags.delete("mlflow.parentRunId");
  const set = (key: string, value: unknown) => {
    if (typeof value === "string" && value !== "") tags.set(key, value);
  };
  set("mlflow.parentRunId", parent);
  set("mlflow.runName", run.name);
  set("mlflow.user", run.user_name);
  set("mlflow.note.content", run.note);
  set("mlflow.source.git.commit", run.git_commit);
  if (!tags.has("mlflow.source.name")) set("mlflow.source.name", run.source_name);
  if (!tags.has("mlflow.source.type") && run.source_kind === "notebook")
    set("mlflow.source.type", "NOTEBOOK");
  set("assayer.run_id", runId);
  set("assayer.error", run.error);
  if (run.starred === true) set("assayer.starred", "true");
  const content = {
    run,
    tags,
    params: await rows(runQueries.params),
    datasets: await rows(runQueries.datasets),
    artifacts: await rows(runQueries.artifacts),
    tables: await rows(runQueries.tables),
    series: await project.metricHistory(runId),
  };
  const hash = createHash("sha256");
  const { params, datasets, artifacts, tables } = content;
  hash.update(
    JSON.stringify([run.status, run.ended_ms, [...tags], params, datasets, artifacts, tables]),
  );
  for (const { key, steps, timestamps, values } of content.series) {
    hash.update(key);
    for (const column of [steps, timestamps, values])
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return { ...content, digest: hash.digest("hex") };
}

/** JSON has no NaN and no infinities; protocol buffers write them as text. */
function metricValue(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

async function sendMetrics(
  work: ExportWork,
  runId: string,
  id: string,
  series: readonly MetricSeries[],
) {
  const names = new KeyNames(runId, "metric", work.report.changes);
  let batch: object[] = [];
  const send = async () => {
    for (const metrics of batches(batch, mlflowLimits.metrics))
      await work.api.post("runs/log-batch", { run_id: id, metrics });
    work.report.metrics += batch.length;
    batch = [];
  };
  for (const { key, steps, timestamps, values } of series) {
    const name = names.name(key);
    for (const [i, value] of values.entries()) {
      const timestamp = Math.floor(timestamps[i] ?? 0);
      batch.push({ key: name, value: metricValue(value), timestamp, step: steps[i] ?? 0 });
      if (batch.length >= mlflowLimits.metrics) await send();
    }
  }
  await send();
}

async function sendTexts(
  work: ExportWork,
  runId: string,
  id: string,
  tags: ReadonlyMap<string, string>,
  params: readonly Row[],
) {
  const { api, report } = work;
  const paramNames = new KeyNames(runId, "param", report.changes);
  const ofParams = params.map(({ key, value }) => ({
    key: paramNames.name(key as string),
    value: paramNames.value(key as string, value as string, mlflowLimits.paramValue),
  }));
  for (const batch of batches(ofParams, mlflowLimits.params))
    await api.post("runs/log-batch", { run_id: id, params: batch });
  report.params += ofParams.length;
  const tagNames = new KeyNames(runId, "tag", report.changes);
  const ofTags = [...tags].map(([key, value]) => ({
    key: tagNames.name(key),
    value: tagNames.value(key, value, mlflowLimits.tagValue),
  }));
  for (const batch of batches(ofTags, mlflowLimits.tags))
    await api.post("runs/log-batch", { run_id: id, tags: batch });
  report.tags += ofTags.length;
}

function jsonOf(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The source of a dataset as MLflow has it: what an import kept, or a name or an address of any other. */
function datasetSource(source: unknown): { source_type: string; source: string } {
  const kept = jsonOf(source) as { type?: unknown; source?: unknown } | null | undefined;
  if (typeof kept?.type === "string" && kept.source !== undefined)
    return {
      source_type: kept.type,
      source: typeof kept.source === "string" ? kept.source : JSON.stringify(kept.source),
    };
  return {
    source_type: "local",
    source: JSON.stringify({ uri: typeof source === "string" ? source : "" }),
  };
}

async function sendDatasets({ api, report }: ExportWork, id: string, datasets: readonly Row[]) {
  if (datasets.length === 0) return;
  await api.post("runs/log-inputs", {
    run_id: id,
    datasets: datasets.map(({ name, digest, context, source, row_count, schema, profile }) => {
      const columns = jsonOf(schema);
      const rows = row_count === null ? null : JSON.stringify({ num_rows: Number(row_count) });
      return {
        dataset: {
          name,
          // MLflow keeps 36 characters of it.
          digest: (digest as string).slice(0, 36),
          ...datasetSource(source),
          ...(columns === undefined
            ? {}
            : {
                schema: Array.isArray(columns)
                  ? JSON.stringify({ mlflow_colspec: columns })
                  : schema,
              }),
          ...((profile ?? rows) === null ? {} : { profile: profile ?? rows }),
        },
        tags: context === "" ? [] : [{ key: "mlflow.data.context", value: context }],
      };
    }),
  });
  report.datasets += datasets.length;
}

async function sendFiles(
  work: ExportWork,
  runId: string,
  run: SentRun,
  artifacts: readonly Row[],
  tables: readonly Row[],
) {
  const { project, api, report, leave } = work;
  const root = proxiedPath(run.artifactUri);
  const files = [
    ...artifacts.map(({ name, digest }) => ({
      name: name as string,
      file: project.artifactPath(digest as string),
    })),
    ...tables.map(({ kind, name, path }) => ({
      name: `tables/${kind as string}/${name as string}.parquet`,
      file: join(project.directory, path as string),
    })),
  ];
  const names = new KeyNames(runId, "artifact", report.changes);
  for (const { name, file } of files) {
    if (root === undefined)
      leave("artifacts", "the server takes none itself: start it with --serve-artifacts");
    else {
      await api.upload(`${root}/${names.name(name)}`, { file });
      report.artifacts++;
    }
  }
}

/** Sends all of a run, unless what is there came from the same content. */
export async function sendRun(work: ExportWork, listed: ListedRun): Promise<void> {
  const { api, report, sent } = work;
  const run = sent.get(listed.runId);
  if (!run) return;
  const content = await readRun(work, listed);
  if (run.exported === content.digest) {
    report.unchanged++;
    return;
  }
  await sendTexts(work, listed.runId, run.id, content.tags, content.params);
  await sendMetrics(work, listed.runId, run.id, content.series);
  await sendDatasets(work, run.id, content.datasets);
  await sendFiles(work, listed.runId, run, content.artifacts, content.tables);
  const { status, ended_ms: end } = content.run;
  await api.post("runs/update", {
    run_id: run.id,
    run_name: listed.name,
    status: statuses[status as string] ?? "FINISHED",
    ...(end === null ? {} : { end_time: end }),
  });
  // Last, so that a run whose export was cut off is sent again.
  await api.post("runs/set-tag", {
    run_id: run.id,
    key: "assayer.exported",
    value: content.digest,
  });
  if (run.isNew) report.created++;
  else report.updated++;
}
