import * as vscode from "vscode";
import type { ReportReference, ToWebview } from "../../webviews/protocol";
import { Panel, type PanelPage } from "../panel";
import type { Services } from "../services";
import { comparePage } from "./compare";
import { explanationPage } from "./explanation";
import { modelPage } from "./model";
import { reportPage } from "./report";
import { runPage } from "./run";
import { runsTablePage } from "./runs-table";

/** The open panels, one for each thing that is shown. */
export class Panels {
  private readonly open = new Map<string, Panel>();

  constructor(private readonly services: Services) {}

  /** @param preserveFocus leaves the keyboard where it is, as a click in a tree does */
  openRun(runId: string, preserveFocus = false): void {
    this.show(runPage(this.services, runId), undefined, preserveFocus);
  }

  openRunsTable(): void {
    this.show(runsTablePage(this.services));
  }

  openComparison(runIds: readonly string[]): void {
    this.show(comparePage(this.services, runIds));
  }

  openModel(model: string, number?: number): void {
    this.show(
      modelPage(model),
      number === undefined ? undefined : { kind: "select-version", number },
    );
  }

  openReport(reference: ReportReference, preserveFocus = false): void {
    this.show(pageOf(this.services, reference), undefined, preserveFocus);
  }

  /** Fills panels again that were open when VS Code was closed, by the state they kept. */
  registerRestoring(): vscode.Disposable {
    const { services } = this;
    const pages: Record<PanelPage["viewType"], (state: SavedState) => PanelPage | undefined> = {
      "assayer.run": ({ runId }) => (runId === undefined ? undefined : runPage(services, runId)),
      "assayer.compare": ({ runIds }) =>
        runIds === undefined ? undefined : comparePage(services, runIds),
      "assayer.model": ({ model }) => (model === undefined ? undefined : modelPage(model)),
      "assayer.runsTable": () => runsTablePage(services),
      "assayer.drift": ({ report }) => report && reportPage(services, report),
      "assayer.quality": ({ report }) => report && reportPage(services, report),
      "assayer.performance": ({ report }) => report && reportPage(services, report),
      "assayer.fairness": ({ report }) => report && reportPage(services, report),
      "assayer.explanation": ({ report }) => report && explanationPage(services, report),
    };
    return vscode.Disposable.from(
      ...Object.entries(pages).map(([viewType, pageOf]) =>
        vscode.window.registerWebviewPanelSerializer(viewType, {
          deserializeWebviewPanel: (panel, state: SavedState | undefined) => {
            const page = pageOf(state ?? {});
            if (page) this.adopt(panel, page);
            else panel.dispose();
            return Promise.resolve();
          },
        }),
      ),
    );
  }

  private show(page: PanelPage, message?: ToWebview, preserveFocus = false): void {
    const open =
      this.open.get(idOf(page)) ??
      this.adopt(
        vscode.window.createWebviewPanel(page.viewType, page.title, {
          viewColumn: vscode.ViewColumn.Active,
          preserveFocus,
        }),
        page,
      );
    open.reveal(message, preserveFocus);
  }

  private adopt(webviewPanel: vscode.WebviewPanel, page: PanelPage): Panel {
    const panel = new Panel(webviewPanel, page, this.services);
    this.open.set(idOf(page), panel);
    panel.onDidDispose(() => {
      if (this.open.get(idOf(page)) === panel) this.open.delete(idOf(page));
    });
    return panel;
  }
}

interface SavedState {
  runId?: string;
  runIds?: string[];
  model?: string;
  report?: ReportReference;
}

function pageOf(services: Services, reference: ReportReference): PanelPage {
  return reference.kind === "explanation"
    ? explanationPage(services, reference)
    : reportPage(services, reference);
}

function idOf({ viewType, key }: PanelPage): string {
  return `${viewType}/${key}`;
}
