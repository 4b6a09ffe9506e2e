import type { Command } from "commander";
import type { PromoteOptions } from "../index";
import type { CommandLine } from "./command-line";
import { formatTable, modelRows, stageRows, versionRows } from "./format";

/** Commands of the model registry. */
export function addRegistryCommands(program: Command, { print, withProject }: CommandLine): void {
  program
    .command("models")
    .description("list models, or the versions and stage changes of one")
    .argument("[model]", "its name")
    .action((model: string | undefined) =>
      withProject(async ({ registry }) => {
        if (model === undefined) {
          const models = await registry.models();
          print(models, () =>
            models.length === 0
              ? "no models yet: register one with run.logModel"
              : formatTable(modelRows(models)),
          );
          return;
        }
        const versions = await registry.versions(model);
        const history = await registry.history(model);
        print({ versions, history }, () =>
          [
            formatTable(versionRows(versions)),
            history.length === 0 ? "no stage changes yet" : formatTable(stageRows(history)),
          ].join("\n\n"),
        );
      }),
    );

  program
    .command("promote")
    .description("move a model version into a stage")
    .argument("<version>", "model@number or model@stage, such as wage-model@3")
    .argument("<stage>", "the stage, such as production")
    .requiredOption("-r, --reason <text>", "why; it is kept in the history")
    .option(
      "--require-fairness",
      "only if the fairness report of the run that made it passes, judged anew",
    )
    .action((reference: string, stage: string, options: PromoteOptions) =>
      withProject(async ({ registry }) => {
        const { model, number } = await registry.resolve(reference);
        const transition = await registry.promote(model, number, stage, options);
        print(transition, () => `${model}@${number} moved from ${transition.from} to ${stage}`);
      }),
    );
}
