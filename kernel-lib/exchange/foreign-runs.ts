import type { Project } from "../project";
import { startTimesQuery } from "../store/read/exchange-queries";
import type { ParamValue } from "../store/journal/events";
import { idFrom } from "../store/id";
import { version as assayerVersion } from "../version";
import { AssayerError } from "../errors";
import type { ColumnKind, FileSeries } from "../store/tables/table-file";
import type { ImportTarget } from "./import-target";

/** A run as a table says it, without its values. */
export interface ForeignRun {
  id: string;
  experiment: string;
  name: string;
  status: "finished" | "failed" | "killed";
  startedAt: number;
  endedAt: number;
  user: string;
  params: ReadonlyMap<string, ParamValue>;
  tags: ReadonlyMap<string, string>;
  note: string | null;
}

/**
 * The id of a run that a file names, and when it began: what the file says, else what an import of it said before,
 * else when the file was written. Only so is a file that has grown, or was copied, taken for the same runs.
 */
export async function identify(
  project: Project,
  names: readonly { kind: string; experiment: string; name: string; startedAt: number | null }[],
  written: number,
): Promise<{ id: string; startedAt: number }[]> {
  const ids = names.map(({ kind, experiment, name }) => idFrom(0, kind, experiment, name));
  const known = new Map<string, number>();
  for (const row of await project.sql(startTimesQuery, [JSON.stringify(ids)]))
    known.set(row.runId as string, (row.startedAt as Date).getTime());
  return names.map(({ startedAt }, position) => {
    const id = ids[position] ?? "";
    return { id, startedAt: startedAt ?? known.get(id) ?? written };
  });
}

export function appendRun(target: ImportTarget, run: ForeignRun): void {
  const { id: runId, experiment, name, startedAt, endedAt, status, user } = run;
  target.append({
    kind: "run-start",
    runId,
    experiment,
    name,
    parentRunId: null,
    at: startedAt,
    source: {
      kind: "unknown",
      name: null,
      gitCommit: null,
      gitDirty: null,
      nodeVersion: "none",
      assayerVersion,
      user,
    },
  });
  for (const [key, value] of run.params)
    target.append({ kind: "param", runId, key, value: String(value), type: typeof value });
  for (const [key, value] of run.tags) target.append({ kind: "tag", runId, key, value });
  if (run.note !== null) target.append({ kind: "note", runId, text: run.note });
  target.append({
    kind: "run-status",
    runId,
    status,
    error: null,
    at: Math.max(startedAt, endedAt),
  });
}

/** Steps of a file that are none are an error of the file, and told before anything is written. */
export function requireSteps(
  caller: string,
  column: string | undefined,
  steps: Float64Array,
): void {
  const wrong = steps.find((step) => !Number.isSafeInteger(step));
  if (wrong === undefined) return;
  throw new AssayerError(
    "invalid-source",
    `${caller} requires whole numbers as steps; got ${Number.isNaN(wrong) ? "a row without one" : wrong} in ${column ?? ""}`,
  );
}

/** Names for runs that have none, and different ones for those that share one. */
export function uniqueNames(names: readonly string[], stem: string): string[] {
  const seen = new Map<string, number>();
  return names.map((name, position) => {
    const wanted = name.trim() || (names.length === 1 ? stem : `${stem}-${position + 1}`);
    const count = (seen.get(wanted) ?? 0) + 1;
    seen.set(wanted, count);
    return count === 1 ? wanted : `${wanted}-${count}`;
  });
}

/** A param's value out of the text of a column. */
export function paramOf(text: string, kind: ColumnKind | undefined): ParamValue {
  if (kind === "number") return Number(text);
  return kind === "boolean" ? text === "true" : text;
}

/** Appends the values of one column to the runs that they are of; values without a time have the run's start. */
export function appendSeries(
  target: ImportTarget,
  key: string,
  { runs, steps, timestamps, values }: FileSeries,
  known: readonly { id: string; startedAt: number }[],
): void {
  for (let start = 0, end = 0; start < runs.length; start = end) {
    const run = known[runs[start] ?? 0];
    while (end < runs.length && runs[end] === runs[start]) end++;
    if (!run) continue;
    const times = timestamps
      .subarray(start, end)
      .map((time) => (Number.isNaN(time) ? run.startedAt : time));
    target.points(run.id, key, values.subarray(start, end), steps.subarray(start, end), times);
  }
}
