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

export type Theme = keyof typeof themes;

/** A workbench in a browser page, driven as a user would. */
export class Workbench {
  /** Errors of the console and of webviews, and requests that left the machine. */
  readonly problems: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(browser: Browser, url: string, folder: string): Promise<Workbench> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(15_000);
    const workbench = new Workbench(page);
    workbench.collectProblems();
    await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`, {
      waitUntil: "domcontentloaded",
    });
    await page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
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

  /** Opens the extension's container in the side bar. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.activitybar .action-label[aria-label^="${title}"]`);
    await tab.waitFor({ timeout: 30_000 });
    if ((await tab.getAttribute("aria-expanded")) !== "true") await tab.click();
  }

  async runCommand(title: string): Promise<void> {
    await this.openPalette(title);
    await this.pickQuickItem(title);
  }

  /** A key that comes while the focus changes hands is lost, and pressed again. */
  private async openPalette(title: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press("F1");
      try {
        await input.fill(`>${title}`, { timeout: 3000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
  }

  /** Types a command's title into the palette, ready for Enter. */
  async typeCommand(title: string): Promise<void> {
    await this.openPalette(title);
    await this.page
      .locator(".quick-input-list .monaco-list-row.focused", { hasText: title })
      .waitFor();
  }

  /** Ticks an item of a quick pick of several. */
  async checkQuickItem(label: string): Promise<void> {
    const rows = this.page.locator(".quick-input-list .monaco-list-row");
    await rows
      .filter({ hasText: label })
      .first()
      .locator(".monaco-checkbox, input")
      .first()
      .click();
  }

  async pressQuickOk(): Promise<void> {
    await this.page.locator(".quick-input-widget .monaco-button", { hasText: "OK" }).click();
  }

  /** Chooses an entry of an element's context menu. */
  async contextMenu(element: Locator, entry: string): Promise<void> {
    await element.click({ button: "right" });
    const item = this.page.locator(".monaco-menu .action-item", {
      has: this.page.locator(`.action-label[aria-label="${entry}"]`),
    });
    // A menu takes no click at the moment when it opens.
    for (let attempt = 1; attempt <= 4 && (attempt === 1 || (await item.count()) > 0); attempt++) {
      await sleep(300);
      await item.first().click();
      await item
        .first()
        .waitFor({ state: "detached", timeout: 2000 })
        .catch(() => undefined);
    }
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
    const input = this.page.locator(".quick-input-widget input.input");
    await input.waitFor({ state: "visible" });
    await input.fill(text);
  }

  /** Waits for an item of the open quick pick and chooses it. */
  async pickQuickItem(label: string): Promise<void> {
    const rows = this.page.locator(".quick-input-list .monaco-list-row");
    await rows.filter({ hasText: label }).first().click();
  }

  /** Answers the input box of this prompt: its title can be that of the step before. */
  async acceptInput(prompt: string, text: string): Promise<void> {
    await this.page
      .locator(".quick-input-widget .quick-input-message", { hasText: prompt })
      .waitFor({ state: "visible" });
    await this.fillQuickInput(text);
    await this.page.keyboard.press("Enter");
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    await this.fillQuickInput(themes[theme]);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    // The choice is written to the settings a little later; a page closed before would forget it.
    await sleep(1000);
  }

  async pressDialogButton(label: string): Promise<void> {
    const dialog = this.page.locator(".monaco-dialog-box");
    await dialog.locator(".monaco-button", { hasText: label }).first().click();
    await dialog.waitFor({ state: "detached" });
  }

  /** A row of a tree of the side bar whose label begins like this. */
  treeRow(label: string): Locator {
    return this.page.locator(`.pane-body .monaco-list-row[aria-label^="${label}"]`).first();
  }

  notification(text: string): Locator {
    return this.page.locator(".notification-toast", { hasText: text }).first();
  }

  async clearNotifications(): Promise<void> {
    await this.runCommand("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  }

  /** The frame of the webview in which `selector` is found. */
  async webview(selector: string, timeout = 20_000): Promise<Frame> {
    const deadline = Date.now() + timeout;
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
    await this.runCommand("Developer: Reload Window");
    while (!before.isDetached()) await sleep(50);
    return this.webview(selector, 60_000);
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
