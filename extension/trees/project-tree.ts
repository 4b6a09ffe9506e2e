import type { Project } from "assayer";
import * as vscode from "vscode";
import type { Services } from "../services";

/** A tree over the open project, listed anew when the store changed. */
export abstract class ProjectTree<N> implements vscode.TreeDataProvider<N> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  /** @param wanted what the tree lists, for an error: "list the runs" */
  constructor(
    protected readonly services: Services,
    private readonly wanted: string,
  ) {
    services.host.onDidChange(() => {
      this.refresh();
    });
  }

  protected abstract list(project: Project, node: N | undefined): Promise<N[]>;
  abstract getTreeItem(node: N): vscode.TreeItem;

  async getChildren(node?: N): Promise<N[]> {
    const children = await this.services.edge.attempt(this.wanted, async () => {
      const project = await this.services.host.current();
      return project ? this.list(project, node) : [];
    });
    return children ?? [];
  }

  protected refresh(): void {
    this.changed.fire(undefined);
  }
}
