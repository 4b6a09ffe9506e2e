import type { ModelVersion, Project, ReportInfo, RunSummary } from "assayer";
import type { ModelView, VersionView } from "../../webviews/protocol";
import type { PanelPage } from "../panel";
import { commandAnswers } from "./answers";
import { numeric } from "./numeric";
import { reportLink } from "./report-link";

/** The newest of the project: older ones are in the panels of their runs. */
const mostReports = 300;

export function modelPage(model: string): PanelPage {
  return {
    viewType: "assayer.model",
    entry: "model",
    key: model,
    title: model,
    load: async (project) => ({
      title: model,
      message: { kind: "show-model", view: await modelView(project, model) },
    }),
    answers: commandAnswers,
  };
}

async function modelView(project: Project, model: string): Promise<ModelView> {
  const { registry } = project;
  const [versions, history, deployments] = await Promise.all([
    registry.versions(model),
    registry.history(model),
    registry.deployments(model),
  ]);
  const runIds = [...new Set(versions.flatMap(({ runId }) => runId ?? []))];
  const runs = await project.searchRuns({ runIds });
  const runById = new Map(runs.map((run) => [run.runId, run]));
  const reports = runIds.length === 0 ? [] : await project.reports({ limit: mostReports });
  return {
    name: model,
    stages: [...project.stages],
    versions: versions.map((version) =>
      versionView(
        version,
        runById.get(version.runId ?? ""),
        reports.filter(({ runId }) => runId === version.runId),
      ),
    ),
    history: history.map(({ number, from, to, reason, by, at }) => ({
      number,
      from,
      to,
      reason,
      by,
      at: at.getTime(),
    })),
    deployments: deployments.map(({ number, target, status, detail, by, at }) => ({
      number,
      target,
      status,
      detail,
      by,
      at: at.getTime(),
    })),
  };
}

function versionView(
  version: ModelVersion,
  run: RunSummary | undefined,
  reports: readonly ReportInfo[],
): VersionView {
  const { number, stage, digest, size, createdAt, createdBy, input, output, note } = version;
  return {
    number,
    stage,
    digest,
    size,
    createdAt: createdAt.getTime(),
    createdBy,
    run: run ? { runId: run.runId, name: run.name } : null,
    metrics: Object.entries(run?.metrics ?? {}).map(([key, value]) => ({
      key,
      value: numeric(value),
    })),
    input,
    output,
    hasSample: version.sample !== null,
    note,
    reports: reports.map(reportLink),
  };
}
