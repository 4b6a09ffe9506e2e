import type { ExplanationReport, Project } from "assayer";
import type {
  ExplainedValues,
  ExplanationView,
  OtherExplanation,
  ReportReference,
} from "../../webviews/protocol";
import { messageOf } from "../edge";
import type { PanelPage } from "../panel";
import type { Services } from "../services";
import { findChanges } from "./find-changes";
import { OpenExplainers } from "./open-explainers";
import { reportPage, reportView } from "./report";

/** A report on why a model says what it says. The panel asks the model again while values are tried in it. */
export function explanationPage(services: Services, reference: ReportReference): PanelPage {
  const { host } = services;
  const page = reportPage(services, reference);
  const explainers = new OpenExplainers();
  const reports = new Map<string, Promise<ExplanationReport>>();
  const read = (project: Project, { runId, name }: ReportReference) => {
    const key = JSON.stringify([runId, name]);
    const reading = reports.get(key) ?? project.readReport(runId, "explanation", name);
    reports.set(key, reading);
    reading.catch(() => reports.delete(key));
    return reading;
  };
  /** The last question counts: one that is still being answered is given up. */
  const latest = {
    explain: new AbortController(),
    compare: new AbortController(),
    change: new AbortController(),
  };
  const begin = (kind: keyof typeof latest): AbortSignal => {
    latest[kind].abort();
    latest[kind] = new AbortController();
    return latest[kind].signal;
  };
  return {
    ...page,
    load: async (project) => {
      // It may have been logged anew under its name.
      reports.clear();
      const report = await read(project, reference);
      const view: ExplanationView = {
        ...(await reportView(project, reference, report)),
        readOnly: await whyReadOnly(project, report),
        others: await othersOf(project, report, reference),
      };
      return { title: reference.name, message: { kind: "show-explanation", view } };
    },
    answers: {
      ...page.answers,
      "read-explanation": async (other) => read(await host.require(), other),
      "explain-values": async ({ values, sequence, by }) => {
        const signal = begin(by === null ? "explain" : "compare");
        const project = await host.require();
        const own = await read(project, reference);
        const report = by === null ? own : await read(project, by);
        const explainer = await explainers.of(project, report);
        const row = report.columns.map((column) => values[own.columns.indexOf(column)] ?? null);
        try {
          const explanation = await explainer.explain([row], { signal });
          return { sequence, ...byOutput(explanation, report) };
        } catch (error) {
          if (!signal.aborted) throw error;
          // A later question was asked, and the panel waits for the answer to that.
          return { sequence, baseValues: [], predictions: [], shapValues: [] };
        }
      },
      "find-changes": async (asked) => {
        const signal = begin("change");
        const project = await host.require();
        const report = await read(project, reference);
        const explainer = await explainers.of(project, report);
        try {
          return await findChanges(explainer, report, asked, signal);
        } catch (error) {
          if (!signal.aborted) throw error;
          const aim = asked.aim ?? { side: "at least", value: 0 };
          const note = "The search was stopped.";
          return { sequence: asked.sequence, aim, now: NaN, unit: "", changes: [], note };
        }
      },
      "stop-changes": () => {
        latest.change.abort();
        return Promise.resolve(null);
      },
    },
    dispose: () => {
      for (const each of Object.values(latest)) each.abort();
      explainers.close();
    },
  };
}

type Explained = Awaited<ReturnType<Awaited<ReturnType<OpenExplainers["of"]>>["explain"]>>;

/** The one row of an explanation, its outputs in the order of the report's. */
function byOutput(
  { baseValue, predictions, shapValues, columns, outputs }: Explained,
  report: ExplanationReport,
): Omit<ExplainedValues, "sequence"> {
  const p = columns.length;
  const places = report.outputs.map((output) => outputs.indexOf(output));
  return {
    baseValues: places.map((o) => baseValue[o] ?? NaN),
    predictions: places.map((o) => predictions[o] ?? NaN),
    shapValues: places.map((o) => [...shapValues.subarray(o * p, (o + 1) * p)]),
  };
}

/** Why the model cannot be asked again, in words for the reader; null where it can. */
async function whyReadOnly(
  project: Project,
  { model, output }: ExplanationReport,
): Promise<string | null> {
  if (model === null)
    return "The report is on a model file that is not in the registry, so other values cannot be tried here. Register the model and explain the version to try them.";
  if (output === "log-loss")
    return "The report explains the log loss, which depends on each row's true answer, so other values cannot be tried here.";
  try {
    await project.registry.version(model.name, model.number);
    return null;
  } catch (error) {
    return `Other values cannot be tried here: ${messageOf(error)}.`;
  }
}

/** Other reports on the model's versions, the newest first. */
async function othersOf(
  project: Project,
  { model }: ExplanationReport,
  own: ReportReference,
): Promise<OtherExplanation[]> {
  if (model === null) return [];
  try {
    const all = await project.importanceHistory(model.name);
    return all
      .filter(({ runId, name }) => runId !== own.runId || name !== own.name)
      .reverse()
      .map(({ runId, name, version, createdAt }) => ({
        reference: { runId, kind: "explanation", name },
        version,
        createdAt: createdAt.getTime(),
      }));
  } catch {
    // The model is gone from the registry; the report is shown all the same.
    return [];
  }
}
