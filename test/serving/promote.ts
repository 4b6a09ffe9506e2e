import { openProject } from "../../kernel-lib/project";

/** Promotes a version of `wage-model` from a process of its own: `promote.ts <folder> <number>`. */
async function promote(root = "", number = ""): Promise<void> {
  const project = await openProject(root);
  await project.registry.promote("wage-model", Number(number), "production", { reason: "test" });
  await project.close();
}

void promote(...process.argv.slice(2));
