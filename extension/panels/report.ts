import { join, sep } from "node:path";
import type { Project, Report, ReportKind, ReportSide } from "assayer";
import type { OtherReport, ReportReference, ToWebview } from "../../webviews/protocol";
import type { PanelPage } from "../panel";
import type { Services } from "../services";
import { commandAnswers } from "./answers";
import { preview } from "./preview";

/** Rows behind a bin, a category or an expectation. */
const mostRows = 100;
/** Fairness reports that can be compared with: the newest. */
const mostOthers = 200;

/** A report of any kind; its page is one for each kind. */
export function reportPage({ host }: Services, reference: ReportReference): PanelPage {
  const { runId, kind, name } = reference;
  return {
    viewType: `assayer.${kind}`,
    entry: kind,
    key: `${runId}/${name}`,
    title: name,
    load: async (project) => {
      const report = await project.readReport(runId, kind, name);
      const view = await reportView(project, reference, report);
      const others = kind === "fairness" ? await othersOf(project, reference) : undefined;
      const message = { kind: messageOf[kind], view: others ? { ...view, others } : view };
      return { title: name, message: message as ToWebview };
    },
    answers: {
      ...commandAnswers,
      "report-rows": async (ask) => {
        const project = await host.require();
        const report = await project.readReport(runId, kind, name);
        return preview(await project.reportRows(report, { ...ask, limit: mostRows }));
      },
      "read-fairness": async (other) =>
        (await host.require()).readReport(other.runId, "fairness", other.name),
    },
  };
}

/** A report as its panel takes it: with the name of its run, and files named as they are seen from the project. */
export async function reportView<R extends Report>(
  project: Project,
  reference: ReportReference,
  report: R,
): Promise<{ reference: ReportReference; runName: string; report: R }> {
  const { runId } = reference;
  const [run] = await project.searchRuns({ runIds: [runId], include: "all" });
  return {
    reference,
    runName: run?.name ?? runId,
    report: withShortPaths(report, project.root) as R,
  };
}

/** The other fairness reports of the project, the newest first. */
async function othersOf(project: Project, own: ReportReference): Promise<OtherReport[]> {
  const all = await project.reports({ kind: "fairness", limit: mostOthers });
  return all
    .filter(({ runId, name }) => runId !== own.runId || name !== own.name)
    .map(({ runId, kind, name, runName, createdAt }) => ({
      reference: { runId, kind, name },
      runName,
      createdAt: createdAt.getTime(),
    }));
}

/** Files inside the project are named as they are seen from its folder. */
function withShortPaths(report: Report, root: string): Report {
  const short = <Side extends Pick<ReportSide, "description">>(side: Side): Side => ({
    ...side,
    description: side.description.replaceAll(join(root, sep), ""),
  });
  return "data" in report
    ? { ...report, data: short(report.data) }
    : { ...report, reference: short(report.reference), current: short(report.current) };
}

const messageOf = {
  drift: "show-drift",
  quality: "show-quality",
  performance: "show-performance",
  fairness: "show-fairness",
  explanation: "show-explanation",
} as const satisfies Record<ReportKind, ToWebview["kind"]>;
