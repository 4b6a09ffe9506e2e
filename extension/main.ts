import * as vscode from "vscode";
import { ArtifactFiles } from "./artifact-files";
import { chooseProject } from "./commands/choose-project";
import { createDemo } from "./commands/create-demo";
import { openModel } from "./commands/open-model";
import { openRun } from "./commands/open-run";
import { promote } from "./commands/promote";
import { pushToTarget } from "./commands/push-to-target";
import { refresh } from "./commands/refresh";
import { registerReportCommands } from "./commands/report-commands";
import { registerRunCommands } from "./commands/run-commands";
import { Edge } from "./edge";
import { Panels } from "./panels/panels";
import { ProjectHost } from "./project-host";
import type { Services } from "./services";
import { createStatusBar } from "./status-bar";
import { ModelsTree } from "./trees/models";
import { ReportsTree } from "./trees/reports";
import { RunsTree } from "./trees/runs";

/** Registers everything and returns; the project is looked for afterwards. */
export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  const edge = new Edge();
  const host = new ProjectHost(edge);
  const services: Services = { host, edge, context };
  const panels = new Panels(services);
  const runs = new RunsTree(services);
  new ModelsTree(services);
  new ReportsTree(services);
  const command = (name: string, action: (...given: unknown[]) => unknown) =>
    vscode.commands.registerCommand(`assayer.${name}`, action);

  context.subscriptions.push(
    edge.log,
    host,
    createStatusBar(services),
    panels.registerRestoring(),
    ArtifactFiles.register(host),
    command("promote", (argument) => promote(services, argument)),
    command("pushToTarget", (argument) => pushToTarget(services, argument)),
    command("openRun", (argument) => openRun(services, panels, argument)),
    ...registerRunCommands(services, runs, panels, command),
    ...registerReportCommands(services, panels, command),
    command("openRunsTable", () => {
      panels.openRunsTable();
    }),
    command("openModel", (argument) => openModel(services, panels, argument)),
    command("createDemo", () => createDemo(services)),
    command("chooseProject", () => chooseProject(services)),
    command("refresh", () => refresh(services)),
    command("showLog", () => {
      edge.log.show();
    }),
  );

  const registered = performance.now();
  edge.log.debug(`activated in ${(registered - began).toFixed(1)} ms`);
  void host.find().then(() => {
    edge.log.debug(
      `project ${host.state} ${(performance.now() - registered).toFixed(0)} ms after activation`,
    );
  });
}
