import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Frame } from "playwright-core";
import { openProject, type Project } from "assayer";
import { exploreThresholds } from "../../kernel-lib/fairness/explore-thresholds";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import {
  hundred,
  mended,
  regression,
  scarce,
  scoreless,
  unfair,
} from "../fixtures/fairness-reports";
import { Workbench } from "./browser";
import { Session, skip } from "./session";

const bySex = unfair.groupings[0]?.groups ?? [];

void describe("fairness in VS Code", { skip, timeout: 900_000 }, () => {
  const session = new Session();
  const folder = join(session.folder, "wages");
  let workbench: Workbench;
  let project: Project;
  let unfairRun = "";

  before(async () => {
    await session.start(async () => {
      mkdirSync(folder);
      project = await openProject(folder);
      unfairRun = await logReports(project);
      writePredictions(folder);
    });
    workbench = await Workbench.open(session.browser, session.host.url, folder);
    await workbench.openContainer("Assayer");
  });

  after(async () => {
    await project.close();
    await session.stop();
  });

  const open = async (name: string, selector: string): Promise<Frame> => {
    await workbench.treeRow(`${name},`).click();
    await workbench.page.locator(".tab.active", { hasText: name }).waitFor();
    return workbench.webview(selector);
  };

  test("lists fairness reports in the side bar with words for their verdicts", async () => {
    await workbench.treeRow("wages-by-sex, fail, fairness report").waitFor();
    await workbench.treeRow("wages-mended, pass, fairness report").waitFor();
    await workbench.treeRow("wages-scarce, not enough evidence, fairness report").waitFor();
  });

  test("says the verdict first, and each requirement as a question anyone understands", async () => {
    const frame = await open("wages-by-sex", ".requirement");
    assert.equal(await frame.locator(".report-header .lead").textContent(), unfair.summary);
    assert.equal(await frame.locator(".report-header .verdict").textContent(), "fail");
    assert.equal(await frame.locator(".requirement").count(), unfair.results.length);
    const first = frame.locator('.requirement[data-constraint="equalOpportunity"]').first();
    assert.match(
      (await first.textContent()) ?? "",
      /Of those who deserve a yes, does every group get it equally often\?/u,
    );
    await first.locator("summary").click();
    await first.getByText("It looks only at people whose true answer is positive").waitFor();
    await frame.locator('.chart[aria-label^="selection rate"] svg path').first().waitFor();
    await workbench.screenshot("fairness-dark");
    await frame.locator('section[aria-label="Scores"]').scrollIntoViewIfNeeded();
    await workbench.screenshot("fairness-scores-dark");
  });

  test("shows another metric and other groups, with denominators and small groups marked", async () => {
    const frame = await open("wages-by-sex", ".requirement");
    await frame.getByLabel("Groups by").selectOption("sex × region");
    await frame.getByLabel("Metric").selectOption("truePositiveRate");
    await frame.locator('.chart[aria-label^="true positive rate"] svg path').first().waitFor();
    const rows = frame.locator('section[aria-label="Groups"] tbody tr');
    assert.equal(await rows.count(), 5);
    const small = rows.filter({ hasText: "male, south" }).last();
    assert.match((await small.textContent()) ?? "", /small.*of \d+ positives/u);
    await frame.getByLabel("Groups by").selectOption("sex");
  });

  test("compares with another report, both beside each other", async () => {
    const frame = await open("wages-by-sex", ".requirement");
    const other = frame.getByLabel("Compare with");
    const option = other.locator("option", { hasText: "wages-mended" });
    await other.selectOption((await option.getAttribute("value")) ?? "");
    await frame.locator(".requirement", { hasText: "In wages v4" }).first().waitFor();
    const selection = bySex[0]?.figures["selectionRate"];
    assert.ok(selection);
    await frame.locator(".groups-table th", { hasText: "in wages v4" }).waitFor();
    await frame.locator('section[aria-label="Groups"]').scrollIntoViewIfNeeded();
    await workbench.screenshot("fairness-compared-dark");
  });

  test("moves a group's threshold by the keyboard, and tells what the counts give", async () => {
    const frame = await open("wages-by-sex", ".requirement");
    await frame.getByLabel("One for each group").check();
    await frame.getByLabel("Cost of a wrong no").fill("3");
    await frame.getByLabel("female", { exact: true }).focus();
    for (let i = 0; i < 10; i++) await workbench.page.keyboard.press("ArrowLeft");
    const scored = bySex.flatMap(({ name, scores }) => (scores ? [{ group: name, scores }] : []));
    const costs = { falsePositives: 1, falseNegatives: 3 };
    const { overall } = exploreThresholds(scored, { thresholds: { female: 0.4 }, costs });
    const before = exploreThresholds(scored, { costs });
    const changed = Math.round((overall.changed ?? NaN) * 2000);
    const cheaper = Math.abs((overall.cost ?? NaN) - (before.overall.cost ?? NaN));
    const status = frame.locator('section[aria-label^="What if"] [role="status"]');
    await status.getByText(`${changed} of 2,000 people`).waitFor();
    assert.match((await status.textContent()) ?? "", new RegExp(`would cost ${cheaper} `, "u"));
    await frame.locator('section[aria-label^="What if"]').scrollIntoViewIfNeeded();
    await workbench.screenshot("fairness-explorer-dark");
  });

  test("finds choices and thresholds as they were after a reload", async () => {
    const frame = await workbench.reload(".requirement");
    await frame.locator(".requirement", { hasText: "In wages v4" }).first().waitFor();
    const female = frame.getByLabel("female", { exact: true });
    assert.equal(await female.getAttribute("aria-valuetext"), "0.4");
    assert.equal(await frame.getByLabel("Cost of a wrong no").inputValue(), "3");
  });

  test("shows reports of little data, of no scores, of numbers and of a hundred groups", async () => {
    let frame = await open("wages-scarce", ".requirement");
    await frame
      .getByText("Not judged: south (no positives), west (no positives)")
      .first()
      .waitFor();
    await workbench.screenshot("fairness-scarce-dark");
    frame = await open("wages-answers", ".requirement");
    await frame.getByText("The report has no scores").waitFor();
    frame = await open("hourly-wages", ".requirement");
    await frame.getByText("Is the model good enough for every group?").waitFor();
    assert.equal(await frame.locator('section[aria-label^="What if"]').isVisible(), false);
    frame = await open("wages-by-occupation", ".requirement");
    assert.equal(await frame.locator('section[aria-label="Groups"] tbody tr').count(), 101);
    await workbench.screenshot("fairness-hundred-dark");
  });

  test("a run and a model's version list the report, and promoting tells its verdict", async () => {
    await workbench.treeRow("unfair wages").click();
    const run = await workbench.webview(".reports");
    await run.locator(".reports .verdict", { hasText: "fail" }).waitFor();
    await workbench.runCommand("Assayer: Open Model…");
    const model = await workbench.webview(".timeline, .versions");
    await model.locator(".reports .link", { hasText: "wages-by-sex" }).waitFor();
    await workbench.screenshot("fairness-model-dark");
    const ask = async () => {
      await workbench.runCommand("Assayer: Promote…");
      await workbench.pickQuickItem("wages v1");
      await workbench.pickQuickItem("staging");
      await workbench.acceptInput("The reason stays in the stage history", "to try it");
      const dialog = workbench.page.locator(".monaco-dialog-box");
      await dialog.getByText("Fairness: fail.").waitFor();
    };
    await ask();
    await workbench.screenshot("fairness-promote-dark");
    await workbench.pressDialogButton("Only If Fair");
    await workbench.notification("promote requires that wages@1 keeps").waitFor();
    assert.equal((await project.registry.version("wages", 1)).stage, "none");
    await workbench.clearNotifications();
    await ask();
    await workbench.pressDialogButton("Promote");
    await workbench.notification("is now in staging").waitFor();
    await workbench.clearNotifications();
  });

  test("checks predictions with sensitive columns from a protected table, which is not kept", async () => {
    await workbench.runCommand("Assayer: Check Fairness…");
    // Lists that follow each other have rows in common, so that each is waited for.
    const pickAt = async (placeHolder: string, item: string) => {
      await workbench.page
        .locator(`.quick-input-widget input[placeholder^="${placeHolder}"]`)
        .waitFor();
      await workbench.pickQuickItem(item);
    };
    await pickAt("Predictions, with", "predictions.csv");
    await pickAt("Column of the true label", "y_true");
    await pickAt("Column of the model's answer", "y_pred");
    await pickAt("Column of the model's score", "y_score");
    await pickAt("Where the sensitive columns are", "A Protected Table…");
    await pickAt("Protected table, with", "people.csv");
    await pickAt("Key that joins the two", "request_id");
    await workbench.page
      .locator('.quick-input-widget input[placeholder^="Sensitive columns"]')
      .waitFor();
    await workbench.checkQuickItem("region");
    await workbench.pressQuickOk();
    await workbench.acceptInput("Name of the report", "by hand");
    const frame = await workbench.webview('h1:text-is("by hand")');
    await frame.locator(".requirement").first().waitFor();
    const [newest] = await project.reports({ kind: "fairness", limit: 1 });
    assert.equal(newest?.name, "by hand");
    const report = await project.readReport(newest.runId, "fairness", "by hand");
    assert.deepEqual(
      report.groupings.map(({ features }) => features.join(" × ")).sort(),
      ["region", "sex", "sex × region"].sort(),
    );
    assert.equal(report.overall.rows, 600);
    assert.equal((await project.run(newest.runId)).tables.length, 0);
    await workbench.screenshot("fairness-by-hand-dark");
  });

  test("exports the report as a page", async () => {
    const frame = await open("wages-by-sex", ".requirement");
    await frame.locator("vscode-button", { hasText: "Export…" }).click();
    const target = join(folder, "wages-by-sex.html");
    const input = workbench.page.locator(".quick-input-widget input.input");
    for (let i = 0; i < 60 && (await input.inputValue()) !== target; i++)
      await workbench.page.waitForTimeout(250);
    await workbench.pressQuickOk();
    await workbench.notification("The report is in").waitFor();
    assert.ok(existsSync(target));
    assert.match(readFileSync(target, "utf8"), /^<!doctype html>[^]*<svg /u);
    await workbench.clearNotifications();
  });

  test("follows the colour theme", async () => {
    for (const theme of ["light", "high-contrast"] as const) {
      await workbench.setTheme(theme);
      const frame = await open("wages-by-sex", ".requirement");
      await frame.locator(".chart svg path").first().waitFor();
      await frame.locator("h1").scrollIntoViewIfNeeded();
      await workbench.screenshot(`fairness-${theme}`);
      await frame.locator('section[aria-label^="What if"]').scrollIntoViewIfNeeded();
      await workbench.screenshot(`fairness-explorer-${theme}`);
    }
    await workbench.setTheme("dark");
  });

  test("logs no error, and asks nothing of other machines", () => {
    assert.deepEqual(workbench.problems, []);
  });

  test("leaves the report as the run logged it", async () => {
    const kept = await project.readReport(unfairRun, "fairness", "wages-by-sex");
    assert.deepEqual(kept.results, JSON.parse(JSON.stringify(unfair.results)));
  });
});

/** Reports on wages that are made by a seed, in runs of two versions, the first of them registered. */
async function logReports(project: Project): Promise<string> {
  const rare = project.startRun({ experiment: "wages", name: "rare wages" });
  for (const report of [scarce, hundred, scoreless, regression]) rare.logReport(report);
  await rare.end();
  const fair = project.startRun({ experiment: "wages", name: "mended wages" });
  fair.logReport(mended);
  await fair.end();
  const run = project.startRun({ experiment: "wages", name: "unfair wages" });
  run.logReport({ ...unfair, model: { name: "wages", number: 1 } });
  await run.logModel("wages", linearRegressor([[2]], { intercept: [1] }), { sample: [[2]] });
  await run.end();
  await project.refresh();
  return run.id;
}

/** Predictions, and apart from them who the people are. */
function writePredictions(folder: string): void {
  const random = seededRandom(5);
  const predictions = ["request_id,y_true,y_pred,y_score,education"];
  const people = ["request_id,sex,region"];
  for (let i = 0; i < 600; i++) {
    const sex = random() < 0.5 ? "female" : "male";
    const label = random() < 0.45 ? 1 : 0;
    const score = Math.min(0.99, 0.1 + 0.5 * label * random() + 0.4 * random());
    const answer = score > (sex === "female" ? 0.55 : 0.4) ? 1 : 0;
    const id = `r${i}`;
    predictions.push(
      `${id},${label},${answer},${score.toFixed(4)},${8 + Math.floor(9 * random())}`,
    );
    people.push(`${id},${sex},${random() < 0.7 ? "north" : "south"}`);
  }
  writeFileSync(join(folder, "predictions.csv"), `${predictions.join("\n")}\n`);
  writeFileSync(join(folder, "people.csv"), `${people.join("\n")}\n`);
}
