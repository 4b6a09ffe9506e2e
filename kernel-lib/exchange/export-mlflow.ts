import { AssayerError } from "../errors";
import type { LongWork } from "../store/long-work";
import type { Project } from "../project";
import { exportedRunsQuery, runQueries } from "../store/read/exchange-queries";
import { sendRun } from "./export-run";
import { exportVersions } from "./export-versions";
import type { ExportToMlflowReport, ExportWork, ListedRun, SentRun } from "./export-work";
import { MlflowApi, MlflowRefusal } from "./mlflow-api";

export interface ExportToMlflowOptions extends LongWork {
  /** These runs; default all that are not deleted. */
  runIds?: readonly string[];
  /** Runs of this experiment alone. */
  experiment?: string;
  /** Bearer token; default the environment's MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and …_PASSWORD. */
  token?: string;
}

/** Works on several at a time; the first error ends it. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of rest) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

async function experimentId(api: MlflowApi, name: string): Promise<string> {
  const find = async () => {
    const { experiment } = (await api.get("experiments/get-by-name", {
      experiment_name: name,
    })) as {
      experiment: { experiment_id: string };
    };
    return experiment.experiment_id;
  };
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof MlflowRefusal && error.errorCode === "RESOURCE_DOES_NOT_EXIST"))
      throw error;
  }
  try {
    const made = (await api.post("experiments/create", { name })) as { experiment_id: string };
    return made.experiment_id;
  } catch (error) {
    // Another export, or an answer that was lost, made it just now.
    if (error instanceof MlflowRefusal && error.errorCode === "RESOURCE_ALREADY_EXISTS")
      return find();
    throw error;
  }
}

interface RunAnswer {
  info: { run_id: string; artifact_uri: string };
  data: { tags?: { key: string; value: string }[] };
}

async function findRun(
  api: MlflowApi,
  experiment: string,
  runId: string,
): Promise<SentRun | undefined> {
  const answer = (await api.post("runs/search", {
    experiment_ids: [experiment],
    filter: `tags.\`assayer.run_id\` = '${runId}'`,
    run_view_type: "ACTIVE_ONLY",
    max_results: 1,
  })) as { runs?: RunAnswer[] };
  const [run] = answer.runs ?? [];
  if (!run) return undefined;
  return {
    id: run.info.run_id,
    artifactUri: run.info.artifact_uri,
    isNew: false,
    exported: run.data.tags?.find(({ key }) => key === "assayer.exported")?.value,
  };
}

async function createRun(
  { project, api }: ExportWork,
  experiment: string,
  runId: string,
): Promise<SentRun> {
  const found = await findRun(api, experiment, runId);
  if (found) return found;
  const [row = {}] = await project.sql(runQueries.run, [runId]);
  const { run } = (await api.post("runs/create", {
    experiment_id: experiment,
    run_name: row.name,
    user_id: row.user_name,
    start_time: row.started_ms,
    tags: [{ key: "assayer.run_id", value: runId }],
  })) as { run: RunAnswer };
  return {
    id: run.info.run_id,
    artifactUri: run.info.artifact_uri,
    isNew: true,
    exported: undefined,
  };
}

async function chooseRuns(project: Project, options: ExportToMlflowOptions): Promise<ListedRun[]> {
  const { runIds, experiment = null } = options;
  for (const runId of runIds ?? []) await project.run(runId);
  const rows = await project.sql(exportedRunsQuery, [experiment, experiment]);
  const wanted = new Set(runIds);
  const listed = rows as unknown as ListedRun[];
  if (experiment !== null && listed.length === 0) {
    const known = (await project.experiments()).map(({ name }) => name);
    throw new AssayerError(
      "unknown-experiment",
      `unknown experiment: ${experiment}; expected one of ${known.join(", ") || "none yet"}`,
    );
  }
  return runIds === undefined ? listed : listed.filter(({ runId }) => wanted.has(runId));
}

/**
 * Sends runs to an MLflow server, with their params, tags, notes, whole metric histories, datasets and artifacts, and
 * the model versions they made. Exporting again sends only what changed: a run there carries the id of the run here
 * as tag `assayer.run_id`. MLflow numbers versions itself; the number and the stage here are tags of a version there.
 *
 * @param url the server's address, such as `http://127.0.0.1:5000`
 * @throws AssayerError "unreachable", "unauthorized", "export-failed", "unknown-run", "unknown-experiment", "aborted"
 * @example await exportToMlflow(project, "http://127.0.0.1:5000", { experiment: "wages" });
 */
export async function exportToMlflow(
  project: Project,
  url: string,
  options: ExportToMlflowOptions = {},
): Promise<ExportToMlflowReport> {
  const api = new MlflowApi(url, options.token, options.signal);
  const report: ExportToMlflowReport = {
    ...{ created: 0, updated: 0, unchanged: 0, params: 0, metrics: 0, tags: 0 },
    ...{ datasets: 0, artifacts: 0, modelVersions: 0, changes: [], notSent: [] },
  };
  const leave = (what: string, why: string) => {
    const known = report.notSent.find((each) => each.what === what);
    if (known) known.count++;
    else report.notSent.push({ what, count: 1, why });
  };
  const work: ExportWork = { project, api, report, sent: new Map(), leave };
  const runs = await chooseRuns(project, options);
  const experiments = new Map<string, string>();
  for (const { experiment } of runs)
    if (!experiments.has(experiment))
      experiments.set(experiment, await experimentId(api, experiment));
  let done = 0;
  const step = (message: string) => {
    options.onProgress?.(message, ++done / (2 * runs.length + 1));
  };
  // All runs first, so that a run can name its parent.
  await eachOf(runs, async ({ runId, experiment }) => {
    work.sent.set(runId, await createRun(work, experiments.get(experiment) ?? "", runId));
    step("making runs");
  });
  await eachOf(runs, async (listed) => {
    await sendRun(work, listed);
    step(`sent ${listed.name}`);
  });
  await exportVersions(work, options.runIds !== undefined || options.experiment !== undefined);
  step("done");
  return report;
}
