import type { Services } from "../services";

/** Looks for the project again and reads it anew: for file systems that tell of no changes. */
export async function refresh({ host, edge }: Services): Promise<void> {
  await edge.attempt("refresh", async () => {
    const project = await host.current();
    await project?.refresh();
    await host.find();
  });
}
