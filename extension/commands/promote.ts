import type { Project } from "assayer";
import * as vscode from "vscode";
import { confirm, pick, versionOf } from "../pick";
import type { Services } from "../services";

/** Moves a version to a stage: version, stage, reason, confirmation. */
export async function promote({ host, edge }: Services, argument: unknown): Promise<void> {
  await edge.attempt("promote the version", async () => {
    const project = await host.require();
    const { model, number, stage } = await versionOf(project, argument, "Promote");
    const title = `Promote ${model} v${number}`;
    const target = await pickStage(project, model, number, stage, title);
    const reason = await askReason(title, target.stage);
    await confirm(
      `Promote ${model} v${number} to ${target.stage}?`,
      [`${stage} → ${target.stage}`, target.consequence, `Reason: ${reason}`]
        .filter((line) => line !== "")
        .join("\n"),
      "Promote",
    );
    await project.registry.promote(model, number, target.stage, { reason });
    void vscode.window
      .showInformationMessage(`${model} v${number} is now in ${target.stage}.`, "Show History")
      .then((pressed) => {
        if (pressed !== undefined)
          void vscode.commands.executeCommand("assayer.openModel", { model, number });
      });
  });
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
