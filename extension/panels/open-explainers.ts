import type { ExplanationReport, Explainer, Project } from "assayer";
import { loadLibrary } from "../library";

/** Explainers of registered versions that a panel keeps open, so that an edited value is answered at once. */
export class OpenExplainers {
  private readonly open = new Map<string, Promise<Explainer>>();
  private isClosed = false;

  /** The explainer that made a report, opened at its first use. @throws for a report on no registered version */
  of(project: Project, report: ExplanationReport): Promise<Explainer> {
    const { model, createdAt, name } = report;
    if (model === null || this.isClosed)
      throw new Error("only a version that is registered can be asked again");
    const key = JSON.stringify([model, createdAt, name]);
    const known = this.open.get(key);
    if (known) return known;
    const opening = openAgain(project, report, model);
    this.open.set(key, opening);
    // The next question tries anew.
    opening.catch(() => this.open.delete(key));
    return opening;
  }

  close(): void {
    this.isClosed = true;
    for (const opening of this.open.values())
      void opening.then((explainer) => explainer.close()).catch(() => undefined);
    this.open.clear();
  }
}

async function openAgain(
  project: Project,
  { columns, backgroundRows, method, output }: ExplanationReport,
  { name, number }: { name: string; number: number },
): Promise<Explainer> {
  const { openExplainer } = await loadLibrary();
  const { digest } = await project.registry.version(name, number);
  return openExplainer(await project.readArtifact(digest), {
    columns,
    method,
    output,
    // Trees that were explained by their covers take none.
    ...(method === "tree-path-dependent" || backgroundRows.length === 0
      ? {}
      : { background: backgroundRows }),
    maxSeconds: 5,
  });
}
