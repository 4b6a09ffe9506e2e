import type { Project } from "assayer";
import * as vscode from "vscode";
import { confirmOne, pick, versionOf } from "../pick";
import type { Services } from "../services";

/** Moves a version to a stage: version, stage, reason, confirmation. */
export async function promote({ host, edge }: Services, argument: unknown): Promise<void> {
  await edge.attempt("promote the version", async () => {
    const project = await host.require();
    const { model, number, stage } = await versionOf(project, argument, "Promote");
    const title = `Promote ${model} v${number}`;
    const target = await pickStage(project, model, number, stage, title);
    const reason = await askReason(title, target.stage);
    const fairness = await fairnessOf(project, model, number);
    const pressed = await confirmOne(
      `Promote ${model} v${number} to ${target.stage}?`,
      [`${stage} → ${target.stage}`, target.consequence, `Reason: ${reason}`, fairness]
        .filter((line) => line !== "")
        .join("\n"),
      ["Promote", ifFair],
    );
    const requireFairness = pressed === ifFair;
    await project.registry.promote(model, number, target.stage, {
      reason,
      ...(requireFairness ? { requireFairness } : {}),
    });
    void vscode.window
      .showInformationMessage(`${model} v${number} is now in ${target.stage}.`, "Show History")
      .then((pressed) => {
        if (pressed !== undefined)
          void vscode.commands.executeCommand("assayer.openModel", { model, number });
      });
  });
}

/** Has the library refuse the promotion unless the verdict passes. */
const ifFair = "Only If Fair";

/** How fair the version is by the evidence of its run, in a sentence; also that there is none. */
async function fairnessOf({ registry }: Project, model: string, number: number): Promise<string> {
  const fairness = await registry.fairness(model, number);
  if (!fairness) return "Fairness: not checked. Nobody knows how it treats groups of people.";
  const { report, results } = fairness;
  const open = results.filter(({ verdict }) => verdict !== "pass");
  const failed = open.find(({ verdict }) => verdict === "fail");
  const said = failed ?? open[0];
  const word =
    results.length === 0
      ? "nothing required"
      : failed
        ? "fail"
        : open.length > 0
          ? "not enough evidence"
          : "pass";
  return `Fairness: ${word}. ${said?.sentence ?? report.summary}`;
}

async function pickStage(
  { registry, stages }: Project,
  model: string,
  number: number,
  current: string,
  title: string,
): Promise<{ stage: string; consequence: string }> {
  const last = stages.at(-1) ?? "";
  const versions = await registry.versions(model);
  const consequenceOf = (stage: string) => {
    if (stage === stages[0] || stage === last) return "";
    const holder = versions.find((version) => version.stage === stage && version.number !== number);
    return holder ? `v${holder.number} holds ${stage} now and moves to ${last}.` : "";
  };
  const items = stages
    .filter((stage) => stage !== current)
    .map((stage) => ({
      label: stage,
      description: consequenceOf(stage),
      stage,
      consequence: consequenceOf(stage),
    }));
  return pick(title, `Stage (now ${current})`, items);
}

async function askReason(title: string, stage: string): Promise<string> {
  const reason = await vscode.window.showInputBox({
    title,
    prompt: `Why ${stage}? The reason stays in the stage history.`,
    placeHolder: "Best auc of the week, checked by …",
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "A reason is needed." : undefined),
  });
  if (reason === undefined) throw new vscode.CancellationError();
  return reason.trim();
}
