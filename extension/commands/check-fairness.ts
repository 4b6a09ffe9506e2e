import type { DataColumn, FairnessReport, Project } from "assayer";
import * as vscode from "vscode";
import type { ReportReference } from "../../webviews/protocol";
import { loadLibrary } from "../library";
import { pick } from "../pick";
import { pickData, sourceOf, type ChosenData } from "../pick-data";
import { withCancellableProgress, withProgress } from "../progress";
import { askName, logReport } from "./log-report";

const title = "Check Fairness";

/** Asks for predictions, their columns and the sensitive ones, and logs what is found in the run they are of. */
export async function checkFairness(project: Project): Promise<ReportReference> {
  const data = await pickData(project, title, "Predictions, with the true labels beside them");
  const columns = await columnsOf(project, data);
  const yTrue = await pickColumn("Column of the true label", columns, labelNames);
  const posLabel = await askPositive(columns.find(({ name }) => name === yTrue));
  const answers = columns.filter(({ name }) => name !== yTrue);
  const none = "$(circle-slash) None";
  const yPred = await pickColumn("Column of the model's answer", answers, answerNames, {
    label: none,
    description: "the answer is yes where the score is above 0.5",
  });
  const scores = answers.filter(({ name, type }) => name !== yPred && type === "number");
  const yScore = await pickColumn(
    "Column of the model's score",
    scores,
    scoreNames,
    yPred === undefined
      ? undefined
      : { label: none, description: "without one, no thresholds to try" },
  );
  const used = new Set([yTrue, yPred, yScore]);
  const left = columns.filter(({ name }) => !used.has(name));
  const { sensitiveFeatures, sensitiveSource } = await pickSensitive(project, left);
  const features = left.map(({ name }) => name).filter((name) => !isKey(name));
  const name = await askName(title, `fairness of ${data.label}`);
  const { fairnessReport } = await loadLibrary();
  const report = await withCancellableProgress(title, (signal, onProgress) =>
    fairnessReport(sourceOf(project, data), {
      name,
      ...(yTrue === undefined ? {} : { yTrue }),
      ...(yPred === undefined ? {} : { yPred }),
      ...(yScore === undefined ? {} : { yScore }),
      ...(posLabel === undefined ? {} : { posLabel }),
      sensitiveFeatures,
      ...(sensitiveSource === undefined ? {} : { sensitiveSource }),
      ...(features.length === 0 ? {} : { features }),
      signal,
      onProgress,
    }),
  );
  return keep(project, data, report);
}

/** Predictions of a run that goes on or ended have their report there; those of a file in a run of its own. */
async function keep(
  project: Project,
  { source }: ChosenData,
  report: FairnessReport,
): Promise<ReportReference> {
  const table = "table" in source ? source.table : undefined;
  const runId = table && "runId" in table ? table.runId : undefined;
  return logReport(project, "fairness", report, runId);
}

const labelNames = /^(y_?true|label|target|truth|actual|outcome|y)$/iu;
const answerNames = /^(y_?pred|pred(iction|icted)?|answer|decision)$/iu;
const scoreNames = /^(y_?score|score|prob(a|ability)?|y_?prob(a)?|p)$/iu;
const sensitiveNames =
  /^(sex|gender|race|ethnicity|ethnic_?group|age|age_?group|religion|disability|nationality|marital(_?status)?)$/iu;
const isKey = (name: string) => /^(id|.*_id|uuid|key|timestamp|time|date|at)$/iu.test(name);

function columnsOf(project: Project, data: ChosenData): Promise<DataColumn[]> {
  return Promise.resolve(
    withProgress("Reading the columns", async () => {
      const { dataColumns } = await loadLibrary();
      return dataColumns(sourceOf(project, data));
    }),
  );
}

/** Lets the user choose a column, likely ones first; undefined for `none`. */
async function pickColumn(
  placeHolder: string,
  columns: readonly DataColumn[],
  likely: RegExp,
  none?: { label: string; description: string },
): Promise<string | undefined> {
  const items = [...columns]
    .sort((a, b) => Number(likely.test(b.name)) - Number(likely.test(a.name)))
    .map(({ name, type }): Item => ({ label: name, description: type, column: name }));
  const hasLikely = columns.some(({ name }) => likely.test(name));
  const nothing: Item[] = none === undefined ? [] : [{ ...none, column: undefined }];
  const all = hasLikely ? [...items, ...nothing] : [...nothing, ...items];
  return (await pick(title, placeHolder, all)).column;
}

/** Of numbers and truth values it is 1 and true; texts are asked about. */
async function askPositive(label: DataColumn | undefined): Promise<string | undefined> {
  if (label?.type !== "text") return undefined;
  const positive = await vscode.window.showInputBox({
    title,
    prompt: `The value of ${label.name} that is the positive answer`,
    placeHolder: "yes",
    ignoreFocusOut: true,
  });
  if (positive === undefined) throw new vscode.CancellationError();
  return positive;
}

interface Item extends vscode.QuickPickItem {
  column: string | undefined;
}

interface Sensitive {
  sensitiveFeatures: string[];
  sensitiveSource?: { source: ReturnType<typeof sourceOf>; key: string };
}

/** Sensitive columns of the predictions, or of a table apart that is joined for this report alone. */
async function pickSensitive(project: Project, own: readonly DataColumn[]): Promise<Sensitive> {
  const items = [
    {
      label: "$(list-selection) Columns of These Predictions",
      detail: "Such as sex or age, logged beside each prediction",
      choose: async () => ({ sensitiveFeatures: await pickFeatures(own) }),
    },
    {
      label: "$(lock) A Protected Table…",
      detail: "Joined by a key for this report alone; its rows are not kept in the project",
      choose: () => pickProtected(project, own),
    },
  ];
  return (await pick(title, "Where the sensitive columns are", items)).choose();
}

async function pickProtected(project: Project, own: readonly DataColumn[]): Promise<Sensitive> {
  const table = await pickData(
    project,
    title,
    "Protected table, with a key and the sensitive columns",
  );
  const columns = await columnsOf(project, table);
  const common = columns.filter(({ name }) => own.some((each) => each.name === name));
  if (common.length === 0)
    throw new Error(
      "the protected table has no column in common with the predictions; a key such as request_id joins them",
    );
  const key = await pickColumn("Key that joins the two", common, /^(.*_)?(id|key)$/iu);
  if (key === undefined) throw new vscode.CancellationError();
  const sensitiveFeatures = await pickFeatures(columns.filter(({ name }) => name !== key));
  return { sensitiveFeatures, sensitiveSource: { source: sourceOf(project, table), key } };
}

async function pickFeatures(columns: readonly DataColumn[]): Promise<string[]> {
  if (columns.length === 0)
    throw new Error("there is no column left that could be a sensitive one");
  const items = [...columns]
    .sort((a, b) => Number(sensitiveNames.test(b.name)) - Number(sensitiveNames.test(a.name)))
    .map(({ name, type }) => ({
      label: name,
      description: type,
      picked: sensitiveNames.test(name),
    }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: "Sensitive columns: the groups to compare",
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!picked || picked.length === 0) throw new vscode.CancellationError();
  return picked.map(({ label }) => label);
}
