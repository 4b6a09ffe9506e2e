/** TypeScript that opens a project and loads runs of it with their metrics, for a cell of a notebook or a module. */
export function runSnippet(root: string, runIds: readonly string[]): string {
  const [runId = ""] = runIds;
  const open = [
    'import { metricCurves, openProject, show } from "assayer";',
    "",
    `const project = await openProject(${JSON.stringify(root)}, { create: false });`,
  ];
  if (runIds.length === 1)
    return lines([
      ...open,
      `const run = await project.run(${JSON.stringify(runId)});`,
      "const history = await project.metricHistory(run.runId);",
      "console.log(run.name, run.params, run.metrics);",
      "await show(metricCurves(history.map((series) => ({ run: run.name, ...series }))));",
    ]);
  return lines([
    ...open,
    "const runIds = [",
    ...runIds.map((id) => `  ${JSON.stringify(id)},`),
    "];",
    "const runs = await Promise.all(runIds.map((runId) => project.run(runId)));",
    "await show(runs.map(({ name, params, metrics }) => ({ name, ...params, ...metrics })));",
  ]);
}

function lines(text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
