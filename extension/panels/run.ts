import type { MetricSeries, Project, ReportInfo, RunDetail } from "assayer";
import * as vscode from "vscode";
import type { RunView } from "../../webviews/protocol";
import { artifactUri } from "../artifact-files";
import type { PanelPage } from "../panel";
import type { Services } from "../services";
import { commandAnswers } from "./answers";
import { numeric } from "./numeric";
import { preview } from "./preview";
import { reportLink } from "./report-link";

/** More points than a card has pixels. */
const curvePoints = 800;
/** Cards of curves; a comparison can draw any others. */
const mostCurves = 60;
const previewRows = 50;
const mostReports = 100;

export function runPage({ host }: Services, runId: string): PanelPage {
  return {
    viewType: "assayer.run",
    entry: "run",
    key: runId,
    title: "Run",
    load: async (project) => {
      const run = await project.run(runId);
      const curves = run.series.filter(({ count }) => count > 1).map(({ key }) => key);
      const series = await project.metricHistory(runId, {
        keys: curves.slice(0, mostCurves),
        maxPoints: curvePoints,
      });
      const reports = await project.reports({ runId, limit: mostReports });
      const view = runView(run, series, await parentOf(project, run), reports);
      return { title: run.name, message: { kind: "show-run", view } };
    },
    answers: {
      ...commandAnswers,
      "open-artifact": async ({ name, digest }) => {
        await vscode.commands.executeCommand("vscode.open", artifactUri(digest, name));
        return null;
      },
      "read-artifact": async ({ digest }) => {
        const project = await host.require();
        return new Uint8Array(await project.readArtifact(digest));
      },
      "preview-table": async ({ kind, name }) => {
        const project = await host.require();
        return preview(await project.readTable(runId, kind, name, { limit: previewRows }));
      },
    },
  };
}

async function parentOf(project: Project, run: RunDetail): Promise<RunView["parent"]> {
  if (run.parentRunId === null) return null;
  const { runId, name } = await project.run(run.parentRunId);
  return { runId, name };
}

function runView(
  run: RunDetail,
  series: readonly MetricSeries[],
  parent: RunView["parent"],
  reports: readonly ReportInfo[],
): RunView {
  const { runId, name, experiment, status, note, error, artifacts } = run;
  return {
    runId,
    name,
    experiment,
    status,
    startedAt: run.startedAt.getTime(),
    endedAt: run.endedAt?.getTime() ?? null,
    parent,
    params: pairs(run.params),
    tags: pairs(run.tags),
    metrics: run.series.map(({ key, count, lastValue, lastStep, minValue, maxValue }) => ({
      key,
      count,
      last: numeric(lastValue),
      lastStep,
      min: numeric(minValue),
      max: numeric(maxValue),
    })),
    curves: series.map(({ key, steps, values }) => ({ key, steps, values })),
    moreCurves: run.series.filter(({ count }) => count > 1).length - series.length,
    artifacts: artifacts.map(({ name, digest, size, mediaType }) => ({
      name,
      digest,
      size,
      mediaType,
    })),
    tables: run.tables.map(({ kind, name, rows, columns }) => ({ kind, name, rows, columns })),
    versions: run.versions.map(({ model, number, stage }) => ({ model, number, stage })),
    datasets: run.datasets.map(({ name, digest, context, source, rows }) => ({
      name,
      digest,
      context,
      source,
      rows,
    })),
    reports: reports.map(reportLink),
    starred: run.starred,
    hidden: run.hidden,
    deletedAt: run.deletedAt?.getTime() ?? null,
    note,
    error,
    source: sourcePairs(run.source),
  };
}

function pairs(record: Record<string, unknown>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value: String(value) }));
}

function sourcePairs(source: RunDetail["source"]): { key: string; value: string }[] {
  const commit = source.gitCommit?.slice(0, 10);
  const changes = source.gitDirty === true ? ", with changes" : "";
  return [
    ...(source.name === null ? [] : [{ key: source.kind, value: source.name }]),
    { key: "git commit", value: commit === undefined ? "none" : `${commit}${changes}` },
    { key: "by", value: source.user },
    { key: "node", value: source.nodeVersion },
    { key: "assayer", value: source.assayerVersion },
  ];
}
