import type * as vscode from "vscode";
import type { Edge } from "./edge";
import type { ProjectHost } from "./project-host";

/** What commands, trees and panels work with. */
export interface Services {
  host: ProjectHost;
  edge: Edge;
  context: vscode.ExtensionContext;
}
