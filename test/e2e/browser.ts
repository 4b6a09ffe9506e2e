import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Browser, type Frame, type Locator, type Page } from "playwright-core";
import { e2eRoot, findChromium } from "./requirements";

const screenshots = join(e2eRoot, "..", "..", "test-output", "screenshots");

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const themes = {
  dark: "Dark Modern",
  light: "Light Modern",
  "high-contrast": "Dark High Contrast",
} as const;

const themeClasses = { dark: "vs-dark", light: "vs", "high-contrast": "hc-black" } as const;

export type Theme = keyof typeof themes;

/** A workbench in a browser page, driven as a user would. */
export class Workbench {
  /** Errors of the console and of webviews, and requests that left the machine. */
  readonly problems: string[] = [];

  /** Milliseconds that anything is waited for, unless an attempt of `until` has less. */
  private patience = 60_000;

  private constructor(readonly page: Page) {
    page.setDefaultTimeout(this.patience);
  }

  static async open(browser: Browser, url: string, folder: string): Promise<Workbench> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const workbench = new Workbench(page);
    workbench.collectProblems();
    await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`, {
      waitUntil: "domcontentloaded",
    });
    await page.locator(".monaco-workbench .part.statusbar").waitFor();
    return workbench;
  }

  private collectProblems(): void {
    this.page.on("console", (message) => {
      const text = message.text();
      const { url } = message.location();
      const isOurs =
        url.includes("assayer") || /Content Security Policy|fake\.html/u.test(text + url);
      if (message.type() === "error" && isOurs) this.problems.push(`console: ${text} (${url})`);
    });
    this.page.on("pageerror", (error) => {
      if (error.stack?.includes("assayer") === true) this.problems.push(`error: ${error.stack}`);
    });
    this.page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      // Resources of webviews have such an address, and the workbench answers them itself.
      const isLocal = /^(127\.0\.0\.1|localhost|.*\.vscode-resource\.vscode-cdn\.net)$/u.test(
        hostname,
      );
      if (/^(https?|wss?):$/u.test(protocol) && !isLocal)
        this.problems.push(`request to ${request.url()}`);
    });
  }

  /**
   * Repeats `action` until its effect is seen: a busy workbench loses a click on what it draws anew at that moment, and
   * a key while the focus changes hands. So the action must do no harm twice.
   *
   * @param effect rejects when it was not seen in the time that things are waited for
   */
  async until<T>(effect: () => Promise<T>, action: () => Promise<unknown>): Promise<T> {
    const { patience } = this;
    const deadline = Date.now() + patience;
    this.setPatience(patience / 4);
    try {
      for (;;) {
        const fault = await action().then(
          () => undefined,
          (error: unknown) => error,
        );
        try {
          return await effect();
        } catch (error) {
          if (Date.now() > deadline) throw fault ?? error;
        }
      }
    } finally {
      this.setPatience(patience);
    }
  }

  private setPatience(milliseconds: number): void {
    this.patience = milliseconds;
    this.page.setDefaultTimeout(milliseconds);
  }

  /** Waits for what the page cannot be asked for by a selector. */
  async holds(condition: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + this.patience;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`never true: ${condition.toString()}`);
      await sleep(50);
    }
  }

  /** Opens the extension's container in the side bar. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.activitybar .action-label[aria-label^="${title}"]`);
    await tab.waitFor();
    if ((await tab.getAttribute("aria-expanded")) !== "true") await tab.click();
  }

  async runCommand(title: string): Promise<void> {
    await this.openPalette(title, this.quickItem(title));
    await this.pickQuickItem(title);
  }

  /** Runs a command that asks for a choice, until its list has the item, and chooses it. */
  async runAndPick(title: string, item: string): Promise<void> {
    await this.until(
      () => this.quickItem(item).waitFor(),
      () => this.runCommand(title),
    );
    await this.pickQuickItem(item);
  }

  /** Types a command's title into the palette, ready for Enter. */
  async typeCommand(title: string): Promise<void> {
    const found = this.page.locator(".quick-input-list .monaco-list-row.focused", {
      hasText: title,
    });
    await this.openPalette(title, found);
  }

  private async openPalette(title: string, found: Locator): Promise<void> {
    await this.until(
      () => found.waitFor(),
      async () => {
        await this.page.keyboard.press("F1");
        await this.quickInput.fill(`>${title}`);
      },
    );
  }

  private get quickInput(): Locator {
    return this.page.locator(".quick-input-widget input.input");
  }

  quickItem(label: string): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row", { hasText: label }).first();
  }

  /** Ticks an item of a quick pick of several. */
  async checkQuickItem(label: string): Promise<void> {
    await this.quickItem(label).locator(".monaco-checkbox, input").first().click();
  }

  async pressQuickOk(): Promise<void> {
    await this.page.locator(".quick-input-widget .monaco-button", { hasText: "OK" }).click();
  }

  /** Chooses an entry of an element's context menu. */
  async contextMenu(element: Locator, entry: string): Promise<void> {
    const item = this.page
      .locator(".monaco-menu .action-item", {
        has: this.page.locator(`.action-label[aria-label="${entry}"]`),
      })
      .first();
    await this.until(
      () => item.waitFor(),
      () => element.click({ button: "right" }),
    );
    // A menu takes no click at the moment when it opens.
    await this.until(
      () => item.waitFor({ state: "detached" }),
      async () => {
        await sleep(300);
        await item.click();
      },
    );
  }

  /** Selects rows of the side bar, and has the keyboard there. */
  async selectRows(first: string, ...others: string[]): Promise<void> {
    const labels = [first, ...others];
    await this.until(
      () =>
        this.holds(async () => {
          const list = this.page.locator(".pane-body .monaco-list:focus-within");
          const selected = await Promise.all(
            labels.map((label) =>
              list.locator(`.monaco-list-row.selected[aria-label^="${label}"]`).count(),
            ),
          );
          return selected.every((count) => count > 0);
        }),
      async () => {
        await this.treeRow(first).click();
        for (const label of others)
          await this.treeRow(label).click({ modifiers: ["ControlOrMeta"] });
      },
    );
  }

  /** Clicks a row of the side bar, until a webview shows `selector`. */
  openRow(label: string, selector: string): Promise<Frame> {
    return this.until(
      () => this.webview(selector),
      () => this.treeRow(label).click(),
    );
  }

  /** Names of the rows of the side bar whose labels begin like this, from the top. */
  async treeLabels(label: string): Promise<string[]> {
    const rows = this.page.locator(`.pane-body .monaco-list-row[aria-label^="${label}"]`);
    const found = await rows.evaluateAll((elements) =>
      elements.map((element) => ({
        top: element.getBoundingClientRect().top,
        name: element.getAttribute("aria-label")?.split(",")[0] ?? "",
      })),
    );
    return found.sort((a, b) => a.top - b.top).map(({ name }) => name);
  }

  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Fills the open quick input. */
  async fillQuickInput(text: string): Promise<void> {
    await this.quickInput.fill(text);
  }

  /** What the open input box asks. */
  prompt(text: string): Locator {
    return this.page.locator(".quick-input-widget .quick-input-message", { hasText: text });
  }

  /** Waits for an item of the open quick pick and chooses it. */
  async pickQuickItem(label: string): Promise<void> {
    await this.quickItem(label).click();
  }

  /** Answers the input box of this prompt: its title can be that of the step before. */
  async acceptInput(prompt: string, text: string): Promise<void> {
    const message = this.prompt(prompt);
    await message.waitFor();
    await this.until(
      () => message.waitFor({ state: "hidden" }),
      async () => {
        await this.fillQuickInput(text);
        await this.quickInput.press("Enter");
      },
    );
  }

  async setTheme(theme: Theme): Promise<void> {
    const chosen = this.page.locator(".quick-input-list .monaco-list-row.focused", {
      hasText: themes[theme],
    });
    await this.until(
      () => chosen.waitFor(),
      async () => {
        await this.runCommand("Preferences: Color Theme");
        await this.fillQuickInput(themes[theme]);
      },
    );
    await this.until(
      () => this.page.locator(".quick-input-widget").waitFor({ state: "hidden" }),
      () => this.quickInput.press("Enter"),
    );
    await this.page.locator(`.monaco-workbench.${themeClasses[theme]}`).first().waitFor();
    // The choice is written to the settings a little later; a page closed before would forget it.
    await sleep(1000);
  }

  async pressDialogButton(label: string): Promise<void> {
    const dialog = this.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    await this.until(
      () => dialog.waitFor({ state: "detached" }),
      () => dialog.locator(".monaco-button", { hasText: label }).first().click(),
    );
  }

  /** A row of a tree of the side bar whose label begins like this. */
  treeRow(label: string): Locator {
    return this.page.locator(`.pane-body .monaco-list-row[aria-label^="${label}"]`).first();
  }

  /** Folds a row of a tree, so that rows below it are in sight: only those are in the page. */
  async fold(label: string): Promise<void> {
    const row = this.treeRow(label);
    const folded = this.page.locator(
      `.pane-body .monaco-list-row[aria-label^="${label}"][aria-expanded="false"]`,
    );
    await this.until(
      () => folded.first().waitFor(),
      async () => {
        if ((await row.getAttribute("aria-expanded")) === "true")
          await row.locator(".monaco-tl-twistie").click();
      },
    );
  }

  /** Scrolls a view of the side bar until a row of its tree is in sight. */
  async scrollTo(view: string, label: string): Promise<void> {
    const list = this.page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list`);
    await this.until(
      () => this.treeRow(label).waitFor({ timeout: 500 }),
      async () => {
        if ((await this.treeRow(label).count()) > 0) return;
        await list.first().hover();
        await this.page.mouse.wheel(0, 60);
      },
    );
  }

  notification(text: string): Locator {
    return this.page.locator(".notification-toast", { hasText: text }).first();
  }

  async clearNotifications(): Promise<void> {
    await this.runCommand("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  }

  openTable(): Promise<Frame> {
    return this.until(
      () => this.webview(".grid-row"),
      () => this.runCommand("Assayer: Open Runs Table"),
    );
  }

  /** The frame of the webview in which `selector` is found. */
  async webview(selector: string): Promise<Frame> {
    const deadline = Date.now() + this.patience;
    for (;;) {
      for (const frame of this.page.frames()) {
        if (!frame.url().includes("/webview/browser/pre/fake.html")) continue;
        const found = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      if (Date.now() > deadline) throw new Error(`no webview shows ${selector}`);
      await sleep(50);
    }
  }

  /** Loads the window anew, and waits until a webview of the new one shows `selector`, as one of the old one did. */
  async reload(selector: string): Promise<Frame> {
    const before = await this.webview(selector);
    await this.until(
      () => this.holds(() => before.isDetached()),
      () => this.runCommand("Developer: Reload Window"),
    );
    return this.webview(selector);
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.mouse.move(300, 12);
    await sleep(400);
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.page.close();
  }
}
