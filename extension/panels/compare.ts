import { createHash } from "node:crypto";
import type { ParamValue, Project } from "assayer";
import * as vscode from "vscode";
import { decimate } from "assayer/charts";
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
import { compareRuns, searchRuns, sampledHistory, type ComparedDetail } from "../search-runs";
import type { Services } from "../services";
import { commandAnswers } from "./answers";
import { numeric } from "./numeric";

/** More runs side by side are no comparison; the runs table has them all. */
export const mostCompared = 100;
/** More points than a plot has pixels. */
const curvePoints = 600;
const directionsKey = "assayer.compare.directions";

type Directions = Record<string, "maximize" | "minimize">;

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
        const said = new Map(Object.entries(directions()));
        if (direction === null) said.delete(key);
        else said.set(key, direction);
        await workspaceState.update(directionsKey, Object.fromEntries(said));
        panel.refresh();
        return null;
      },
      "param-importance": async ({ metric, over }) =>
        importance(await host.require(), runIds, metric, over),
      "open-diff": async ({ name, left, right }) => {
        const title = `${name} (${left.slice(0, 8) || "none"} ↔ ${right.slice(0, 8) || "none"})`;
        await vscode.commands.executeCommand(
          "vscode.diff",
          artifactUri(left, name),
          artifactUri(right, name),
          title,
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
  const runs = await compareRuns(project, runIds);
  return {
    runs: runs.map(({ runId, name, experiment, status, startedAt, starred }) => ({
      runId,
      name,
      experiment,
      status,
      startedAt: startedAt.getTime(),
      starred,
    })),
    params: texts(runs.map(({ params }) => params)),
    tags: texts(runs.map(({ tags }) => tags)),
    metrics: metrics(runs, directions),
    source: texts(
      runs.map(({ source }) => ({
        ...(source.name === null ? {} : { [source.kind]: source.name }),
        "git commit": source.gitCommit ?? "none",
        changes: source.gitDirty === true ? "uncommitted changes" : "none",
        by: source.user,
        node: source.nodeVersion,
        assayer: source.assayerVersion,
      })),
    ),
    environment: texts(await Promise.all(runs.map((run) => environmentOf(project, run)))),
    files: files(runs),
  };
}

/** What each run has under each name: those that differ first. */
function texts(records: readonly Readonly<Record<string, ParamValue>>[]): ComparedText[] {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return differingFirst(
    keys.map((key) => {
      const values = records.map((record) =>
        record[key] === undefined ? null : String(record[key]),
      );
      return { key, values, differs: new Set(values).size > 1 };
    }),
  );
}

const byName = new Intl.Collator(undefined, { numeric: true });

function differingFirst<T extends { key: string; differs: boolean }>(rows: T[]): T[] {
  return rows.sort((a, b) => Number(b.differs) - Number(a.differs) || byName.compare(a.key, b.key));
}

function metrics(runs: readonly ComparedDetail[], directions: Directions): ComparedMetric[] {
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  return differingFirst(
    keys.map((key) => {
      const values = runs.map((run) => run.metrics[key]);
      const direction = directions[key] ?? null;
      const present = values.filter((value) => value !== undefined && !Number.isNaN(value));
      const best =
        direction === "minimize"
          ? Math.min(...(present as number[]))
          : Math.max(...(present as number[]));
      return {
        key,
        values: values.map((value) => (value === undefined ? null : numeric(value))),
        differs: new Set(values).size > 1,
        direction,
        best: direction === null ? [] : values.flatMap((value, i) => (value === best ? [i] : [])),
      };
    }),
  );
}

/** Text files of the runs under one name each: what their code was, and what they logged as text. */
function files(runs: readonly ComparedDetail[]): ComparedFile[] {
  const isText = /^(text\/|application\/(json|.*\+json|x-ndjson|xml|yaml|toml))/u;
  const named = runs.map(
    ({ artifacts }) =>
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
  { artifacts }: ComparedDetail,
): Promise<Record<string, string>> {
  const artifact = artifacts.find(({ name }) => name === "code/environment.json");
  if (!artifact) return {};
  const json = (await project.readArtifact(artifact.digest)).toString("utf8");
  return Object.fromEntries(flatten("", JSON.parse(json)));
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
  const series = await sampledHistory(project, runIds, { keys, maxPoints: curvePoints });
  return series.map(({ runId, key, steps, timestamps, values }) => {
    const kept = decimate(values, curvePoints);
    const at = (from: Float64Array) => Float64Array.from(kept, (i) => from[i] ?? NaN);
    return { runId, key, steps: at(steps), timestamps: at(timestamps), values: at(values) };
  });
}

/** Which params matter for a metric, over the compared runs or over all runs of their experiments. */
async function importance(
  project: Project,
  runIds: readonly string[],
  metric: string,
  over: "compared" | "experiment",
): Promise<ImportanceView> {
  const { paramImportance } = await loadLibrary();
  const compared = await searchRuns(project, { runIds: [...runIds], include: "all" });
  const experiments = [...new Set(compared.map(({ experiment }) => experiment))];
  const runs =
    over === "compared"
      ? compared
      : (
          await Promise.all(experiments.map((experiment) => searchRuns(project, { experiment })))
        ).flat();
  const used = runs.map(({ params, metrics }) => ({ params, value: metrics[metric] }));
  return {
    runs: used.filter(({ value }) => Number.isFinite(value)).length,
    params: paramImportance(used),
  };
}
