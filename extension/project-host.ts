import type { Project } from "assayer";
import * as vscode from "vscode";
import { config } from "./config";
import type { Edge } from "./edge";
import { findProject } from "./find-project";
import { loadLibrary } from "./library";

/** The context key `assayer.project`, on which views and commands depend. */
export type ProjectState = "finding" | "none" | "open" | "broken";

/**
 * The project that the window shows, and the news of it.
 *
 * A project holds no database open: it reads when asked, and hears of changes from the file system.
 */
export class ProjectHost implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly disposables: { dispose(): unknown }[] = [this.changed];
  private watcher: { close(): void } | undefined;
  private project: Project | undefined;
  private attempt = 0;
  private opening = Promise.resolve();
  state: ProjectState = "finding";

  /** Fires when another project is shown, and soon after the store of this one changed on disk. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly edge: Edge) {
    const files = vscode.workspace.createFileSystemWatcher("**/.assayer/project.json", false, true);
    const find = () => {
      void this.find();
    };
    this.disposables.push(
      files,
      files.onDidCreate(() => {
        if (this.project === undefined) find();
      }),
      files.onDidDelete(find),
      vscode.workspace.onDidChangeWorkspaceFolders(find),
      config.onDidChange((isChanged) => {
        if (isChanged("project")) find();
        else this.changed.fire(undefined);
      }),
    );
  }

  /** Has everything shown anew: what is shown changed, though the store did not. */
  announce(): void {
    this.changed.fire(undefined);
  }

  /** The open project, if there is one; waits for a search that goes on. */
  async current(): Promise<Project | undefined> {
    await this.opening;
    return this.project;
  }

  /** The open project. @throws when there is none, saying what to do */
  async require(): Promise<Project> {
    const project = await this.current();
    if (!project) throw new Error("no project is open; create the demo, or choose a project");
    return project;
  }

  /** Looks for a project again and opens it. */
  find(): Promise<void> {
    this.opening = this.open(++this.attempt);
    return this.opening;
  }

  private async open(attempt: number): Promise<void> {
    await this.setState("finding");
    let next: Project | undefined;
    let state: ProjectState = "none";
    let root: string | undefined;
    try {
      root = await findProject();
      if (root !== undefined) {
        const { openProject } = await loadLibrary();
        next = await openProject(root, { create: false });
        state = "open";
      }
    } catch (error) {
      state = "broken";
      if (attempt === this.attempt)
        this.edge.report(`open the project in ${root ?? "here"}`, error);
    }
    if (attempt !== this.attempt) {
      await next?.close();
      return;
    }
    this.release();
    this.project = next;
    this.watcher = next?.watch(() => {
      this.changed.fire(undefined);
    });
    await this.setState(state);
    this.changed.fire(undefined);
  }

  private async setState(state: ProjectState): Promise<void> {
    this.state = state;
    await vscode.commands.executeCommand("setContext", "assayer.project", state);
  }

  private release(): void {
    this.watcher?.close();
    void this.project?.close().catch((error: unknown) => {
      this.edge.note("close the project", error);
    });
    this.watcher = this.project = undefined;
  }

  dispose(): void {
    this.attempt++;
    this.release();
    for (const disposable of this.disposables) disposable.dispose();
  }
}
