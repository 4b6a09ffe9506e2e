import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Frame } from "playwright-core";
import { checkQuality, driftReport, openProject, type DriftReport, type Project } from "assayer";
import { performanceReport, wideReport } from "../charts/reports";
import { Workbench } from "./browser";
import { Session, skip } from "./session";

const flights = join(__dirname, "..", "..", "kernel-lib", "demo", "flights.parquet");

void describe("reports in VS Code", { skip, timeout: 900_000 }, () => {
  const session = new Session();
  const folder = join(session.folder, "flights");
  let workbench: Workbench;
  let project: Project;
  let drift: DriftReport;

  before(async () => {
    await session.start(async () => {
      mkdirSync(folder);
      project = await openProject(folder);
      ({ drift } = await logReports(project, folder));
    });
    workbench = await Workbench.open(session.browser, session.host.url, folder);
    await workbench.openContainer("Assayer");
  });

  after(async () => {
    await project.close();
    await session.stop();
  });

  const open = async (name: string, selector: string): Promise<Frame> => {
    await workbench.until(
      () => workbench.page.locator(".tab.active", { hasText: name }).waitFor(),
      () => workbench.treeRow(`${name},`).click(),
    );
    return workbench.webview(selector);
  };

  test("lists reports in the side bar, the newest first, with their verdicts as words", async () => {
    await workbench.treeRow(`evening-flights, ${drift.verdict}, drift report`).waitFor();
    await workbench.treeRow("quality-of-evening, failed, data quality report").waitFor();
    await workbench.treeRow("late-flights, alarm, performance report").waitFor();
  });

  test("shows a drift report whose first feature is open with both distributions", async () => {
    const frame = await open("evening-flights", '.feature-table [data-feature="delay"]');
    assert.equal(await frame.locator("h1").textContent(), "evening-flights");
    assert.equal(await frame.locator(".report-header .lead").textContent(), drift.summary);
    const first = drift.features[0]?.feature ?? "";
    await frame
      .locator(`.feature-detail[aria-label="Feature ${first}"] svg path`)
      .first()
      .waitFor();
    const listed = await frame
      .locator(".feature-row[data-feature]")
      .evaluateAll((rows) =>
        rows
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((row) => row.getAttribute("data-feature")),
      );
    assert.deepEqual(
      listed,
      drift.features.map(({ feature }) => feature),
    );
    await workbench.screenshot("drift-dark");
  });

  test("moves through features by the keyboard", async () => {
    const frame = await open("evening-flights", ".feature-table");
    const table = frame.locator(".feature-table");
    await table.press("Home");
    await table.press("ArrowDown");
    const second = drift.features[1];
    await frame.locator(`.feature-detail[aria-label="Feature ${second?.feature ?? ""}"]`).waitFor();
    assert.equal(await frame.locator(".feature-detail .lead").textContent(), second?.reason);
    await table.press("Home");
    await frame
      .locator(`.feature-detail[aria-label="Feature ${drift.features[0]?.feature ?? ""}"]`)
      .waitFor();
  });

  test("drills from a bin of the chart, and from a category by the keyboard, to the rows", async () => {
    const frame = await open("evening-flights", '.feature-table [data-feature="delay"]');
    await frame.locator('[data-feature="delay"]').click();
    const detail = frame.locator('.feature-detail[aria-label="Feature delay"]');
    await detail.locator(".chart svg .mark-rect path").first().click({ force: true });
    const table = detail.locator(".behind-rows tbody tr");
    await table.first().waitFor();
    const expected = await project.reportRows(drift, { side: "current", feature: "delay", bin: 0 });
    assert.equal(await table.count(), expected.length);
    assert.equal(await detail.getByLabel("with", { exact: true }).inputValue(), "0");
    await detail.locator(".behind-rows").scrollIntoViewIfNeeded();
    await workbench.screenshot("drift-rows-dark");
    await frame.locator('[data-feature="origin"]').click();
    const origin = frame.locator('.feature-detail[aria-label="Feature origin"]');
    await origin.getByLabel("Rows of").selectOption("reference");
    await origin.getByLabel("with", { exact: true }).selectOption("ORD");
    await origin.getByText("rows of the reference data with origin ORD").first().waitFor();
    assert.equal(await origin.locator(".behind-rows tbody td").first().textContent(), "ORD");
    await origin.locator(".chart svg path").first().waitFor();
    await workbench.screenshot("drift-categories-dark");
  });

  test("finds, filters and sorts a thousand features, few of which are in the page", async () => {
    const frame = await open("wide-1000", ".feature-table");
    await frame.getByText("1,000 features", { exact: true }).waitFor();
    assert.ok((await frame.locator(".feature-row").count()) < 60);
    await frame.locator("vscode-textfield input").fill("category 99");
    await frame.getByText("11 of 1,000 features").waitFor();
    await frame.locator("vscode-textfield input").fill("");
    await frame.getByLabel("Verdict").selectOption("alarm");
    await frame.getByText("80 of 1,000 features").waitFor();
    await frame.locator('[data-sort="effect"]').click();
    const largest = wideReport(1000)
      .features.filter(({ verdict }) => verdict === "alarm")
      .sort((a, b) => (b.effect?.value ?? 0) - (a.effect?.value ?? 0))[0]?.feature;
    await frame.locator(`#feature-0[data-feature="${largest ?? ""}"]`).waitFor();
    await workbench.screenshot("drift-wide-dark");
  });

  test("shows a data quality report, and the rows that fail", async () => {
    const frame = await open("quality-of-evening", ".wrap");
    await frame.getByTitle("Show rows that fail").first().click();
    await frame.locator(".behind-rows tbody tr").first().waitFor();
    await workbench.screenshot("quality-dark");
    await frame.locator(".quality-charts").scrollIntoViewIfNeeded();
    await workbench.screenshot("quality-charts-dark");
  });

  test("shows estimated beside realised performance", async () => {
    const frame = await open("late-flights", ".part .chart svg path");
    assert.equal(await frame.locator(".part .chart svg").count(), 2);
    await workbench.screenshot("performance-dark");
  });

  test("a run lists its reports and opens them", async () => {
    const frame = await workbench.openRow("monitoring-evening", ".reports");
    await workbench.screenshot("run-reports-dark");
    await workbench.until(
      () => workbench.page.locator(".tab.active", { hasText: "evening-flights" }).waitFor(),
      () => frame.locator(".reports .link", { hasText: "evening-flights" }).click(),
    );
  });

  test("compares two files that the user chooses, and keeps the report", async () => {
    await workbench.runAndPick("Assayer: Compare Data for Drift…", "morning.parquet");
    await workbench.pickQuickItem("evening.parquet");
    await workbench.acceptInput("Name of the report", "by hand");
    const frame = await workbench.webview('h1:text-is("by hand")');
    await frame.locator('[data-feature="delay"]').waitFor();
    const [newest] = await project.reports({ limit: 1 });
    assert.equal(newest?.name, "by hand");
    const made = await project.readReport(newest.runId, "drift", "by hand");
    assert.equal(made.features.length, drift.features.length);
    assert.ok(made.reference.rows > 0);
    await workbench.treeRow("by hand,").waitFor();
  });

  test("checks a file against what reference data suggests", async () => {
    await workbench.runAndPick("Assayer: Check Data Quality…", "evening.parquet");
    await workbench.pickQuickItem("As in Reference Data");
    await workbench.pickQuickItem("morning.parquet");
    await workbench.acceptInput("Name of the report", "evening by hand");
    await workbench.webview('h1:text-is("evening by hand")');
    const [newest] = await project.reports({ limit: 1 });
    assert.equal(newest?.kind, "quality");
  });

  test("exports a report as a page", async () => {
    const frame = await open("evening-flights", '.feature-table [data-feature="delay"]');
    const target = join(folder, "evening-flights.html");
    const input = workbench.page.locator(".quick-input-widget input.input");
    // The dialog proposes it, once it has looked at the folder.
    await workbench.until(
      () => workbench.holds(async () => (await input.inputValue()) === target),
      async () => {
        if (!(await input.isVisible()))
          await frame.locator("vscode-button", { hasText: "Export…" }).click();
      },
    );
    await workbench.pressQuickOk();
    await workbench.notification("The report is in").waitFor();
    assert.ok(existsSync(target));
    assert.match(readFileSync(target, "utf8"), /^<!doctype html>[^]*<svg /u);
    await workbench.clearNotifications();
  });

  test("follows the colour theme", async () => {
    for (const theme of ["light", "high-contrast"] as const) {
      await workbench.setTheme(theme);
      const frame = await open("evening-flights", '.feature-table [data-feature="delay"]');
      await frame.locator('[data-feature="delay"]').click();
      await frame
        .locator('.feature-detail[aria-label="Feature delay"] .chart svg')
        .first()
        .waitFor();
      await workbench.screenshot(`drift-${theme}`);
      await open("quality-of-evening", ".wrap");
      await workbench.screenshot(`quality-${theme}`);
      await open("late-flights", ".part .chart svg path");
      await workbench.screenshot(`performance-${theme}`);
    }
    await workbench.setTheme("dark");
  });

  test("finds the panel as it was after a reload", async () => {
    const frame = await open("evening-flights", '.feature-table [data-feature="origin"]');
    await frame.locator('[data-feature="origin"]').click();
    await frame.locator('.feature-detail[aria-label="Feature origin"]').waitFor();
    await workbench.reload('.feature-detail[aria-label="Feature origin"]');
  });

  test("logs no error, and asks nothing of other machines", () => {
    assert.deepEqual(workbench.problems, []);
  });
});

/** Real flights of the morning and of the evening, which are later, as files, and reports on them in a run. */
async function logReports(project: Project, folder: string) {
  const hours = (condition: string) => `from read_parquet('${flights}') where ${condition}`;
  const write = (sql: string, file: string) =>
    project.source({ sql }).withFiles(([path = ""]) => {
      copyFileSync(path, join(folder, file));
      return Promise.resolve();
    });
  await write(hours("hour(date) < 10"), "morning.parquet");
  await write(hours("hour(date) >= 18"), "evening.parquet");
  const [morning, evening] = ["morning.parquet", "evening.parquet"].map((file) =>
    join(folder, file),
  );
  assert.ok(morning !== undefined && evening !== undefined);
  const drift = await driftReport(morning, evening, {
    name: "evening-flights",
    importance: { delay: 0.5, distance: 0.2, origin: 0.2, destination: 0.1 },
  });
  const quality = await checkQuality(
    evening,
    [
      { expect: "not-null", column: "delay", note: "the model cannot do without" },
      { expect: "between", column: "delay", min: -60, max: 240, note: "later ones are cancelled" },
      { expect: "between", column: "distance", min: 0, max: 2500, severity: "warning" },
      { expect: "row-count", min: 100, severity: "info" },
    ],
    { name: "quality-of-evening" },
  );
  const run = project.startRun({ experiment: "monitoring", name: "monitoring-evening" });
  run.logReport(performanceReport);
  run.logReport(wideReport(1000));
  run.logReport(quality);
  run.logReport(drift);
  await run.end();
  await project.refresh();
  return { drift };
}
