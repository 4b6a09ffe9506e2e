import type { Project } from "assayer";
import * as vscode from "vscode";
import type { Services } from "../services";

/**
 * A tree over the open project that follows its store.
 *
 * VS Code forgets the rows below what it is told of until it has asked for them again, and draws them anew; a click on
 * one of them is lost meanwhile. So the tree lists first, tells of the rows that differ only, and answers at once.
 */
export abstract class ProjectTree<N extends object> implements vscode.TreeDataProvider<N> {
  private readonly changed = new vscode.EventEmitter<N[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  protected readonly view: vscode.TreeView<N>;
  /** What is below each node that the view asked about; the top of the tree is below undefined. */
  private readonly listed = new Map<N | undefined, N[]>();
  private readonly looks = new WeakMap<N, string>();
  private changes = 0;
  private seen = 0;
  private isUpdating = false;

  /** @param wanted what the tree lists, for an error: "list the runs" */
  constructor(
    protected readonly services: Services,
    id: `assayer.${string}`,
    private readonly wanted: string,
    options: Partial<vscode.TreeViewOptions<N>> = {},
  ) {
    this.view = vscode.window.createTreeView(id, { ...options, treeDataProvider: this });
    services.context.subscriptions.push(
      this.view,
      this.view.onDidChangeVisibility(() => void this.update()),
      services.host.onDidChange(() => {
        this.changes++;
        void this.update();
      }),
    );
  }

  protected abstract list(project: Project, node: N | undefined): Promise<N[]>;
  abstract getTreeItem(node: N): vscode.TreeItem;

  async getChildren(node?: N): Promise<N[]> {
    const known = this.listed.get(node);
    if (known) return known;
    const { changes } = this;
    const nodes = this.keep(node, await this.read(node)).nodes;
    // Such a change was told while this was not yet among what is listed anew.
    if (changes !== this.changes) {
      this.seen = Math.min(this.seen, changes);
      void this.update();
    }
    return nodes;
  }

  /** Lists anew what the view shows, as often as there are changes, and tells it of what differs. */
  private async update(): Promise<void> {
    if (this.isUpdating) return;
    this.isUpdating = true;
    try {
      while (this.seen < this.changes && this.view.visible) {
        this.seen = this.changes;
        const differing: (N | undefined)[] = [];
        for (const parent of [...this.listed.keys()]) {
          const fresh = await this.read(parent);
          // It may have gone with its parent.
          if (this.listed.has(parent)) differing.push(...this.keep(parent, fresh).differing);
        }
        const nodes = differing.filter((node) => node !== undefined);
        if (nodes.length < differing.length) this.changed.fire(undefined);
        else if (nodes.length > 0) this.changed.fire(nodes);
      }
    } finally {
      this.isUpdating = false;
    }
  }

  /** @returns undefined after a fault, which the user was told of */
  private read(node: N | undefined): Promise<N[] | undefined> {
    return this.services.edge.attempt(this.wanted, async () => {
      const project = await this.services.host.current();
      return project ? this.list(project, node) : [];
    });
  }

  /** Keeps what is listed below a node. Nodes that were there stay the same objects, by which VS Code knows them. */
  private keep(
    parent: N | undefined,
    fresh: readonly N[] | undefined,
  ): { nodes: N[]; differing: (N | undefined)[] } {
    const before = this.listed.get(parent) ?? [];
    const old = new Map(before.map((node) => [this.getTreeItem(node).id, node]));
    const differing: N[] = [];
    const nodes = (fresh ?? before).map((each) => {
      const item = this.getTreeItem(each);
      const same = old.get(item.id);
      const node = same ? Object.assign(same, each) : each;
      const look = lookOf(item);
      if (same && look !== this.looks.get(node)) differing.push(node);
      this.looks.set(node, look);
      return node;
    });
    this.listed.set(parent, nodes);
    const kept = new Set(nodes);
    for (const node of before) if (!kept.has(node)) this.forget(node);
    const isSameList =
      nodes.length === before.length && nodes.every((node, i) => node === before[i]);
    return { nodes, differing: isSameList ? differing : [parent] };
  }

  private forget(node: N): void {
    const children = this.listed.get(node) ?? [];
    this.listed.delete(node);
    for (const child of children) this.forget(child);
  }
}

/** All that a row shows. */
function lookOf({ tooltip, ...item }: vscode.TreeItem): string {
  const text = typeof tooltip === "object" ? tooltip.value : tooltip;
  return JSON.stringify({ ...item, text });
}
