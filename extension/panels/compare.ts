import { createHash } from "node:crypto";
import type { Artifact, Project, RunComparison } from "assayer";
import * as vscode from "vscode";
import type {
  ComparedCurve,
  ComparedFile,
  ComparedMetric,
  ComparedText,
  CompareView,
  ImportanceView,
} from "../../webviews/protocol";
import { artifactUri } from "../artifact-files";
import { loadLibrary } from "../library";
import type { PanelPage } from "../panel";
import type { Services } from "../services";
import { commandAnswers } from "./answers";
import { numeric } from "./numeric";

/** More runs side by side are no comparison; the runs table has them all. */
export const mostCompared = 100;
/** More points than a plot has pixels. */
const curvePoints = 600;
/** Runs that the importance of params is reckoned from: a forest over more takes seconds. */
const mostLearnt = 5000;
const directionsKey = "assayer.compare.directions";

type Directions = Record<string, "higher" | "lower">;

export function comparePage({ context, host }: Services, runIds: readonly string[]): PanelPage {
  const { workspaceState } = context;
  const directions = () => workspaceState.get<Directions>(directionsKey) ?? {};
  return {
    viewType: "assayer.compare",
    entry: "compare",
    key: createHash("sha256")
      .update([...runIds].sort().join())
      .digest("hex"),
    title: "Compare Runs",
    load: async (project) => ({
      title: `Compare ${runIds.length} Runs`,
      message: {
        kind: "show-comparison",
        view: await compareView(project, runIds, directions()),
      },
    }),
    answers: {
      ...commandAnswers,
      "metric-curves": async ({ keys }) => curves(await host.require(), runIds, keys),
      "metric-direction": async ({ key, direction }, panel) => {
        await workspaceState.update(directionsKey, { ...directions(), [key]: direction });
        panel.refresh();
        return null;
      },
      "param-importance": async ({ metric, over }) =>
        importance(await host.require(), runIds, metric, over),
      "open-diff": async ({ name, left, right, between }) => {
        await vscode.commands.executeCommand(
          "vscode.diff",
          artifactUri(left, name),
          artifactUri(right, name),
          `${name} (${between})`,
        );
        return null;
      },
    },
  };
}

async function compareView(
  project: Project,
  runIds: readonly string[],
  directions: Directions,
): Promise<CompareView> {
  if (runIds.length > mostCompared)
    throw new Error(`a comparison takes up to ${mostCompared} runs; these are ${runIds.length}`);
  const comparison = await project.compareRuns(runIds, { directions });
  const marks = await project.searchRuns({ runIds, include: "all", columns: ["name"] });
  const starred = new Set(marks.flatMap((run) => (run.starred ? [run.runId] : [])));
  const logged = await Promise.all(
    runIds.map(async (runId) => (await project.run(runId)).artifacts),
  );
  const environments = await Promise.all(logged.map((each) => environmentOf(project, each)));
  return {
    runs: comparison.runs.map(({ runId, name, experiment, status, startedAt }) => ({
      runId,
      name,
      experiment,
      status,
      startedAt: startedAt.getTime(),
      starred: starred.has(runId),
    })),
    params: texts(comparison.params),
    tags: texts(comparison.tags),
    metrics: metrics(comparison),
    source: texts(
      comparison.source.map(({ key, ...row }) => ({ key: sourceTitles[key] ?? key, ...row })),
    ),
    datasets: texts(comparison.datasets),
    environment: texts(
      [...new Set(environments.flatMap((each) => [...each.keys()]))].map((key) => {
        const values = environments.map((each) => each.get(key) ?? null);
        return { key, values, differs: new Set(values).size > 1 };
      }),
    ),
    files: files(logged),
  };
}

/** What the columns of a run's source are called in a comparison. */
const sourceTitles: Record<string, string> = {
  source_kind: "started from",
  source_name: "file",
  git_commit: "git commit",
  git_dirty: "uncommitted changes",
  node_version: "Node.js",
  assayer_version: "Assayer",
  user_name: "by",
};

function texts(
  rows: readonly {
    key: string;
    values: readonly (string | number | boolean | null)[];
    differs: boolean;
  }[],
): ComparedText[] {
  return differingFirst(
    rows.map(({ key, values, differs }) => ({
      key,
      differs,
      values: values.map((value) => (value === null ? null : String(value))),
    })),
  );
}

const byName = new Intl.Collator(undefined, { numeric: true });

function differingFirst<T extends { key: string; differs: boolean }>(rows: T[]): T[] {
  return rows.sort((a, b) => Number(b.differs) - Number(a.differs) || byName.compare(a.key, b.key));
}

function metrics(comparison: RunComparison): ComparedMetric[] {
  const position = new Map(comparison.runs.map(({ runId }, i) => [runId, i]));
  return differingFirst(
    comparison.metrics.map(({ key, last, differs, direction, assumed, best }) => ({
      key,
      values: last.map((value) => (value === null ? null : numeric(value))),
      differs,
      direction,
      assumed,
      best: differs ? best.flatMap((runId) => position.get(runId) ?? []) : [],
    })),
  );
}

/** Text files of the runs under one name each: what their code was, and what they logged as text. */
function files(logged: readonly (readonly Artifact[])[]): ComparedFile[] {
  const isText = /^(text\/|application\/(json|.*\+json|x-ndjson|xml|yaml|toml))/u;
  const named = logged.map(
    (artifacts) =>
      new Map(
        artifacts
          .filter(({ name, mediaType }) => name.startsWith("code/") || isText.test(mediaType))
          .map(({ name, digest }) => [name, digest]),
      ),
  );
  const names = [...new Set(named.flatMap((each) => [...each.keys()]))].sort(byName.compare);
  return names.map((name) => {
    const digests = named.map((each) => each.get(name) ?? null);
    return { name, digests, differs: new Set(digests).size > 1 };
  });
}

/** What a run kept of its environment, flat: `packages.vega` and the like. */
async function environmentOf(
  project: Project,
  artifacts: readonly Artifact[],
): Promise<Map<string, string>> {
  const artifact = artifacts.find(({ name }) => name === "code/environment.json");
  if (!artifact) return new Map();
  const json = (await project.readArtifact(artifact.digest)).toString("utf8");
  return new Map(flatten("", JSON.parse(json)));
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, each]) =>
    flatten(path === "" ? key : `${path}.${key}`, each),
  );
}

async function curves(
  project: Project,
  runIds: readonly string[],
  keys: readonly string[],
): Promise<ComparedCurve[]> {
  if (keys.length === 0) return [];
  const series = await project.metricHistory(runIds, { keys, maxPoints: curvePoints });
  return series.map(({ runId, key, steps, timestamps, values }) => ({
    runId,
    key,
    steps,
    timestamps,
    values,
  }));
}

/** Which params matter for a metric, over the compared runs or over all runs of their experiments. */
async function importance(
  project: Project,
  runIds: readonly string[],
  metric: string,
  over: "compared" | "experiment",
): Promise<ImportanceView> {
  const { paramImportance } = await loadLibrary();
  const compared = await project.searchRuns({ runIds, include: "all" });
  const experiments = [...new Set(compared.map(({ experiment }) => experiment))];
  const keys = await project.runColumns();
  const params = keys.flatMap(({ kind, id }) => (kind === "params" ? [id] : []));
  const columns = [...params, `metrics.${metric}`];
  const runs =
    over === "compared"
      ? compared
      : (
          await Promise.all(
            experiments.map((experiment) =>
              project.searchRuns({ experiment, columns, limit: mostLearnt }),
            ),
          )
        ).flat();
  const used = runs.map(({ params, metrics }) => ({ params, value: metrics[metric] }));
  return {
    runs: used.filter(({ value }) => Number.isFinite(value)).length,
    params: paramImportance(used),
  };
}
