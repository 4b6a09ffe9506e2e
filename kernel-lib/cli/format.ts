import type {
  ComparedValue,
  Model,
  ModelVersion,
  RunComparison,
  RunDetail,
  RunSummary,
  StageTransition,
} from "../index";
import { textTable } from "../notebook/html-table";

type Row = Record<string, unknown>;

/** Rows as text with aligned columns. */
export function formatTable(rows: readonly Row[]): string {
  return textTable(rows);
}

export function runRows(runs: readonly RunSummary[]): Row[] {
  return runs.map(({ runId, name, experiment, status, startedAt, metrics }) => ({
    run_id: runId,
    name,
    experiment,
    status,
    started_at: startedAt,
    ...metrics,
  }));
}

export function modelRows(models: readonly Model[]): Row[] {
  return models.map(({ name, versions, latest, stages }) => ({
    name,
    versions,
    latest,
    ...stages,
  }));
}

export function versionRows(versions: readonly ModelVersion[]): Row[] {
  return versions.map(({ model, number, stage, createdAt, createdBy, size, runId, note }) => ({
    version: `${model}@${number}`,
    stage,
    created_at: createdAt,
    created_by: createdBy,
    bytes: size,
    run_id: runId,
    note,
  }));
}

export function stageRows(history: readonly StageTransition[]): Row[] {
  return history.map(({ at, number, from, to, reason, by }) => ({
    at,
    number,
    from,
    to,
    reason,
    by,
  }));
}

/** All of a run but the points of its metrics. */
export function formatRunDetail(run: RunDetail): string {
  const section = (title: string, rows: readonly Row[]) =>
    rows.length === 0 ? [] : ["", title, textTable(rows)];
  const pairs = (record: Record<string, unknown>) =>
    Object.entries(record).map(([key, value]) => ({ key, value }));
  const { source } = run;
  const code =
    source.gitCommit === null
      ? ""
      : ` at ${source.gitCommit.slice(0, 10)}${source.gitDirty ? " with changes" : ""}`;
  return [
    `${run.name} (${run.runId}) of ${run.experiment}: ${run.status}`,
    `started ${run.startedAt.toISOString()}${run.endedAt ? `, ended ${run.endedAt.toISOString()}` : ""}`,
    `by ${source.user}, ${source.kind} ${source.name ?? ""}${code}`,
    ...(run.error === null ? [] : [`error: ${run.error}`]),
    ...(run.note === null ? [] : [`note: ${run.note}`]),
    ...section("params", pairs(run.params)),
    ...section(
      "metrics",
      run.series.map(({ key, lastValue, lastStep, minValue, maxValue, count }) => ({
        key,
        last: lastValue,
        step: lastStep,
        min: minValue,
        max: maxValue,
        values: count,
      })),
    ),
    ...section("tags", pairs(run.tags)),
    ...section(
      "artifacts",
      run.artifacts.map(({ name, size, mediaType, digest }) => ({
        name,
        bytes: size,
        type: mediaType,
        digest,
      })),
    ),
    ...section(
      "tables",
      run.tables.map(({ kind, name, rows, path }) => ({ kind, name, rows, path })),
    ),
    ...section(
      "datasets",
      run.datasets.map(({ name, context, rows, schema, source, digest }) => ({
        name,
        context,
        rows,
        columns: schema?.length ?? null,
        source,
        digest,
      })),
    ),
    ...section("model versions", versionRows(run.versions)),
  ].join("\n");
}

/** Runs side by side: a column for each; the best value of a metric is marked. */
export function compareText(comparison: RunComparison): string {
  const { runs, params, metrics, tags, source, datasets } = comparison;
  const names = runs.map(({ name }, i) =>
    runs.some((other, j) => j !== i && other.name === name) ? `${name} (${i + 1})` : name,
  );
  const section = (title: string, rows: readonly Row[]) =>
    rows.length === 0 ? [] : ["", title, textTable(rows)];
  const cells = (values: readonly unknown[]) =>
    Object.fromEntries(values.map((value, i) => [names[i] ?? "", value]));
  const plain = (list: readonly ComparedValue<unknown>[]) =>
    list.map(({ key, values }) => ({ "": key, ...cells(values) }));
  return [
    textTable(
      runs.map(({ runId, name, experiment, status, startedAt }) => ({
        run_id: runId,
        name,
        experiment,
        status,
        started_at: startedAt,
      })),
    ),
    ...section("params", plain(params)),
    ...section(
      "metrics (last values; * is the best)",
      metrics.map(({ key, last, best, direction, assumed }) => ({
        "": key,
        ...cells(
          last.map((value, i) => {
            if (value === null) return null;
            const text = String(Number(value.toPrecision(6)));
            return best.includes(runs[i]?.runId ?? "") ? `${text} *` : text;
          }),
        ),
        better: assumed ? `${direction} (by its name)` : direction,
      })),
    ),
    ...section("tags", plain(tags)),
    ...section("datasets", plain(datasets)),
    ...section("source", plain(source)),
  ].join("\n");
}
