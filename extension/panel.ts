import { randomBytes } from "node:crypto";
import type { Project, ReportKind } from "assayer";
import * as vscode from "vscode";
import type { FromWebview, RequestKind, Requests, ToWebview } from "../webviews/protocol";
import { messageOf } from "./edge";
import type { Services } from "./services";

/** What a panel answers; an answer may have the page read and shown anew. */
export type Answers = {
  [K in RequestKind]?: (
    ask: Requests[K]["ask"],
    panel: { refresh(): void },
  ) => Promise<Requests[K]["answer"]>;
};

/** What a panel shows, and what it answers. */
export interface PanelPage {
  viewType:
    | "assayer.run"
    | "assayer.runsTable"
    | "assayer.compare"
    | "assayer.model"
    | `assayer.${ReportKind}`;
  /** File name of the webview's script and style sheet. */
  entry: "run" | "runs-table" | "compare" | "model" | ReportKind;
  /** Tells panels of one type apart: opening the same key again shows the panel that is there. */
  key: string;
  title: string;
  /** What can be shown sooner than the whole: shown once, at the start. */
  first?(project: Project): Promise<ToWebview>;
  load(project: Project): Promise<{ title: string; message: ToWebview }>;
  answers: Answers;
  /** Releases what the answers keep open; called when the panel is closed. */
  dispose?(): void;
}

/** A webview panel that shows a page of the project, and shows it anew when the store changed. */
export class Panel implements vscode.Disposable {
  private readonly disposables: vscode.Disposable[] = [];
  private isReady = false;
  private isStale = false;
  private hasBegun = false;
  private loading: Promise<void> | undefined;
  private queued: ToWebview | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly page: PanelPage,
    private readonly services: Services,
  ) {
    const { webview } = panel;
    const dist = vscode.Uri.joinPath(services.context.extensionUri, "extension", "dist");
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    panel.title = page.title;
    const media = vscode.Uri.joinPath(services.context.extensionUri, "extension", "media");
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, "panel-light.svg"),
      dark: vscode.Uri.joinPath(media, "panel-dark.svg"),
    };
    this.disposables.push(
      webview.onDidReceiveMessage((message: FromWebview) => {
        void this.receive(message);
      }),
      services.host.onDidChange(() => {
        this.refresh();
      }),
      panel.onDidChangeViewState(() => {
        if (panel.visible && this.isStale) this.refresh();
      }),
      panel.onDidDispose(() => {
        for (const disposable of this.disposables) disposable.dispose();
        page.dispose?.();
      }),
    );
    webview.html = html(webview, dist, page);
  }

  onDidDispose(listener: () => void): void {
    this.disposables.push(this.panel.onDidDispose(listener));
  }

  /**
   * Brings the panel to the front, and sends it `message` once it shows its page.
   *
   * @param preserveFocus leaves the keyboard where it is
   */
  reveal(message?: ToWebview, preserveFocus = false): void {
    this.panel.reveal(undefined, preserveFocus);
    this.queued = message;
    if (this.isReady && !this.loading) this.refresh();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Reads the page and shows it anew, at once or when it is seen again. */
  refresh(): void {
    if (!this.isReady || !this.panel.visible) {
      this.isStale = true;
      return;
    }
    if (this.loading) {
      this.isStale = true;
      return;
    }
    this.isStale = false;
    this.loading = this.load().finally(() => {
      this.loading = undefined;
      if (this.isStale) this.refresh();
    });
  }

  private async load(): Promise<void> {
    try {
      const project = await this.services.host.require();
      if (!this.hasBegun && this.page.first) await this.post(await this.page.first(project));
      this.hasBegun = true;
      const { title, message } = await this.page.load(project);
      this.panel.title = title;
      await this.post(message);
      const { queued } = this;
      this.queued = undefined;
      if (queued) await this.post(queued);
    } catch (error) {
      this.services.edge.note(`show ${this.page.title}`, error);
      await this.post({ kind: "cannot-show", message: messageOf(error) });
    }
  }

  private async receive(message: FromWebview): Promise<void> {
    switch (message.kind) {
      case "ready":
        this.isReady = true;
        this.hasBegun = false;
        this.refresh();
        return;
      case "fault":
        this.services.edge.note(`draw ${this.page.title}`, `${message.message}\n${message.stack}`);
        return;
      case "request": {
        const { id, request, ask } = message;
        const answer = this.page.answers[request] as
          ((ask: unknown, panel: this) => Promise<Requests[RequestKind]["answer"]>) | undefined;
        try {
          if (!answer) throw new Error(`unknown request: ${request}`);
          await this.post({ kind: "reply", id, answer: await answer(ask, this) });
        } catch (error) {
          this.services.edge.note(`answer ${request}`, error);
          await this.post({ kind: "refusal", id, message: messageOf(error) });
        }
      }
    }
  }

  private async post(message: ToWebview): Promise<void> {
    await this.panel.webview.postMessage(message);
  }
}

function html(webview: vscode.Webview, dist: vscode.Uri, { entry }: PanelPage): string {
  const nonce = randomBytes(16).toString("base64url");
  const address = (...path: string[]) =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, ...path)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    // Bytes that the page was sent and made an image of, which runs no script.
    "img-src blob:",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${address("codicons", "codicon.css")}" id="vscode-codicon-stylesheet" />
    <link rel="stylesheet" href="${address("webviews", `${entry}.css`)}" />
  </head>
  <body>
    <main><p class="quiet loading" role="status">Reading the project…</p></main>
    <script nonce="${nonce}" src="${address("webviews", `${entry}.js`)}"></script>
  </body>
</html>`;
}
