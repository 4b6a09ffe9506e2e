import type { Panels } from "../panels/panels";
import { pickModel, referenceIn } from "../pick";
import type { Services } from "../services";

/** Opens a model, with one of its versions selected when the argument names one. */
export async function openModel(
  { host, edge }: Services,
  panels: Panels,
  argument: unknown,
): Promise<void> {
  await edge.attempt("open the model", async () => {
    const { model, number } = referenceIn(argument);
    if (model !== undefined) {
      panels.openModel(model, number);
      return;
    }
    const project = await host.require();
    panels.openModel((await pickModel(await project.registry.models(), "Open Model")).name);
  });
}
