import { readFile } from "node:fs/promises";
import type { Expectation, Project } from "assayer";
import * as vscode from "vscode";
import type { ReportReference } from "../../webviews/protocol";
import { loadLibrary } from "../library";
import { pick } from "../pick";
import { pickData, sourceOf, type ChosenData } from "../pick-data";
import { withCancellableProgress } from "../progress";
import { askName, logReport } from "./log-report";

/** Compares two tables that the user chooses, and logs the report in a run of its own. */
export async function compareData(project: Project): Promise<ReportReference> {
  const title = "Compare Data for Drift";
  const reference = await pickData(project, title, "Reference: what the model was trained on");
  const current = await pickData(project, title, "Current: what it sees now");
  const name = await askName(title, `${current.label} against ${reference.label}`);
  const { driftReport } = await loadLibrary();
  const report = await withCancellableProgress(title, (signal, onProgress) =>
    driftReport(sourceOf(project, reference), sourceOf(project, current), {
      name,
      signal,
      onProgress,
    }),
  );
  return logReport(project, "drift", report);
}

/** Checks a table that the user chooses, and logs the report in a run of its own. */
export async function checkData(project: Project): Promise<ReportReference> {
  const title = "Check Data Quality";
  const data = await pickData(project, title, "Data to check");
  const expectations = await pickExpectations(project, title);
  const name = await askName(title, data.label);
  const { checkQuality } = await loadLibrary();
  const report = await withCancellableProgress(title, async (signal, onProgress) =>
    checkQuality(sourceOf(project, data), await expectations(signal, onProgress), {
      name,
      signal,
      onProgress,
    }),
  );
  return logReport(project, "data quality", report);
}

type Expectations = (
  signal: AbortSignal,
  onProgress: (message: string) => void,
) => Promise<Expectation[]>;

async function pickExpectations(project: Project, title: string): Promise<Expectations> {
  const choices: { label: string; detail: string; choose: () => Promise<Expectations> }[] = [
    {
      label: "$(lightbulb) As in Reference Data…",
      detail: "Suggests expectations from data that is known to be good",
      choose: async () => {
        const reference: ChosenData = await pickData(
          project,
          title,
          "Data that is as it should be",
        );
        return async (signal, onProgress) => {
          const { suggestExpectations } = await loadLibrary();
          return suggestExpectations(sourceOf(project, reference), { signal, onProgress });
        };
      },
    },
    {
      label: "$(json) From a JSON File…",
      detail: 'A list such as [{ "expect": "not-null", "column": "delay" }]',
      choose: async () => {
        const [file] =
          (await vscode.window.showOpenDialog({ title, filters: { JSON: ["json"] } })) ?? [];
        if (!file) throw new vscode.CancellationError();
        const { parseExpectations } = await loadLibrary();
        const given: unknown = JSON.parse(await readFile(file.fsPath, "utf8"));
        const parsed = parseExpectations(given);
        return () => Promise.resolve(parsed);
      },
    },
    {
      label: "$(graph) None",
      detail: "A summary alone: types, missing values, duplicates, correlation",
      choose: () => Promise.resolve(() => Promise.resolve([])),
    },
  ];
  return (await pick(title, "What is expected of the data", choices)).choose();
}
