import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Frame } from "playwright-core";
import {
  explanationReport,
  openExplainer,
  openProject,
  readExplainable,
  type ExplanationReport,
  type Project,
} from "assayer";
import { trainBagging, trainLogistic } from "../../kernel-lib/demo/train";
import { columns, loadWages } from "../../kernel-lib/demo/wages";
import { fixtureModel, fixtureRows } from "../explainers/fixtures";
import { Workbench } from "./browser";
import { Session, skip } from "./session";

const { train, test: held } = loadWages();
const reasons = 'section[aria-label="Why this prediction"]';

void describe("explanations in VS Code", { skip, timeout: 900_000 }, () => {
  const session = new Session();
  const folder = join(session.folder, "wages");
  let workbench: Workbench;
  let project: Project;
  let trees: ExplanationReport;
  let onnx: Uint8Array;

  before(async () => {
    await session.start(async () => {
      mkdirSync(folder);
      project = await openProject(folder);
      ({ trees, onnx } = await makeProject(project));
      writePeople(folder);
    });
    workbench = await Workbench.open(session.browser, session.host.url, folder);
    await workbench.openContainer("Assayer");
  });

  after(async () => {
    await project.close();
    await session.stop();
  });

  const open = async (name: string): Promise<Frame> => {
    await workbench.treeRow(`${name},`).click();
    await workbench.page.locator(".tab.active", { hasText: name }).waitFor();
    return workbench.webview(`h1:text-is("${name}")`);
  };

  /** Place of the sample's row with the highest prediction. */
  const highest = () =>
    trees.sample.reduce(
      (best, { predictions }, i) =>
        (predictions[0] ?? 0) > (trees.sample[best]?.predictions[0] ?? 0) ? i : best,
      0,
    );

  const predictionOf = async (frame: Frame) =>
    (await frame.locator(`${reasons} .prediction .number`).textContent()) ?? "";

  const short = (value: number) => String(Number(value.toPrecision(3))).replace("-", "−");

  test("answers why this prediction, and what would change it, in three clicks from the side bar", async () => {
    // The first: the report.
    await workbench.treeRow("wages trees, explained, explanation report").click();
    const frame = await workbench.webview(`h1:text-is("wages trees")`);
    await frame.getByText("Pick a point or a row").waitFor();
    // The second: a point. A third one is left.
    const points = frame.locator('.chart[aria-label^="SHAP values of"] svg');
    const point = points.locator(".mark-symbol.role-mark path").nth(20);
    await point.waitFor();
    await workbench.until(
      () => frame.locator(`${reasons} .prediction .number`).waitFor(),
      () => point.click(),
    );
    await frame.locator(`${reasons} .chart svg path`).first().waitFor();
    const told = (await frame.locator(`${reasons} .card p`).first().textContent()) ?? "";
    assert.match(told, /^The average is .*; here it is .*(Raised|Lowered) most by /u);
    await frame.locator(`${reasons} .changes li`).first().waitFor();
    await workbench.screenshot("explanation-dark");
  });

  test("tells the prediction and the SHAP values that the report holds", async () => {
    const frame = await open("wages trees");
    await frame.getByRole("listbox", { name: "Rows" }).focus();
    await workbench.page.keyboard.press("Home");
    const row = trees.sample[highest()];
    assert.ok(row);
    await frame.locator(`${reasons} .row-title`, { hasText: row.requestId ?? "" }).waitFor();
    assert.equal(await predictionOf(frame), short(row.predictions[0] ?? NaN));
    const table = frame.locator(`${reasons} .values-form tbody tr`);
    assert.equal(await table.count(), columns.length);
    for (const [c, column] of columns.entries()) {
      const line = table.filter({ has: frame.locator(`th[title="${column}"]`) });
      const shap: number = row.shapValues[0]?.[c] ?? NaN;
      const text = (await line.locator("td.number").textContent()) ?? "";
      assert.equal(text, `${shap > 0 ? "+" : ""}${short(shap)}`, column);
      assert.equal(await line.locator("input").first().inputValue(), String(row.values[c]));
    }
  });

  test("walks the rows by the keyboard, and each is explained", async () => {
    const frame = await open("wages trees");
    const list = frame.getByRole("listbox", { name: "Rows" });
    await list.focus();
    await workbench.page.keyboard.press("Home");
    const first = await predictionOf(frame);
    await workbench.page.keyboard.press("End");
    await workbench.holds(async () => (await predictionOf(frame)) !== first);
    const lowest = Math.min(...trees.sample.map(({ predictions }) => predictions[0] ?? NaN));
    assert.equal(await predictionOf(frame), short(lowest));
    const active = (await list.getAttribute("aria-activedescendant")) ?? "";
    assert.equal(await frame.locator(`#${active}`).getAttribute("aria-selected"), "true");
  });

  test("explains values that are tried at once, as an explainer of the version does", async () => {
    const frame = await open("wages trees");
    await frame.getByRole("listbox", { name: "Rows" }).focus();
    await workbench.page.keyboard.press("Home");
    const row = trees.sample[highest()];
    assert.ok(row);
    await frame.locator(`${reasons} .row-title`, { hasText: row.requestId ?? "" }).waitFor();
    const before = await frame.locator(`${reasons} .chart svg`).first().innerHTML();
    await frame.getByLabel("education", { exact: true }).fill("8");
    await frame.locator(`${reasons} .tried`, { hasText: "in the data" }).waitFor();
    const explainer = await openExplainer(onnx, {
      columns,
      background: trees.backgroundRows,
      method: trees.method,
      output: trees.output,
    });
    const values = row.values.map((value, c) => (c === 0 ? 8 : value));
    const explanation = await explainer.explain([values]);
    await explainer.close();
    assert.equal(await predictionOf(frame), short(explanation.predictions[0] ?? NaN));
    const line = frame.locator(`${reasons} .values-form tr`, {
      has: frame.locator('th[title="education"]'),
    });
    const shap: number = explanation.shapValues[0] ?? NaN;
    assert.equal(
      await line.locator("td.number").textContent(),
      `${shap > 0 ? "+" : ""}${short(shap)}`,
    );
    assert.match((await line.textContent()) ?? "", new RegExp(`was ${String(row.values[0])}`, "u"));
    assert.notEqual(await frame.locator(`${reasons} .chart svg`).first().innerHTML(), before);
    await frame.getByText("Try other values").scrollIntoViewIfNeeded();
    await workbench.screenshot("explanation-tried-dark");
  });

  test("says beside a field that it holds no number, and asks the model nothing", async () => {
    const frame = await open("wages trees");
    const before = await predictionOf(frame);
    const field = frame.getByLabel("experience", { exact: true });
    const was = await field.inputValue();
    await field.fill("many");
    await frame.getByText("Not a number. Leave the field empty for a missing value.").waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await predictionOf(frame), before);
    await workbench.screenshot("explanation-invalid-dark");
    await field.fill(was);
    await frame.getByText("Not a number. Leave").waitFor({ state: "detached" });
  });

  test("finds values as they were tried after a reload, and takes them back", async () => {
    const frame = await workbench.reload(`${reasons} .tried`);
    assert.equal(await frame.getByLabel("education", { exact: true }).inputValue(), "8");
    await frame.locator("vscode-button", { hasText: "As in the Data" }).click();
    await frame.locator(`${reasons} .tried`).waitFor({ state: "detached" });
    assert.equal(
      await frame.getByLabel("education", { exact: true }).inputValue(),
      String(trees.sample[highest()]?.values[0]),
    );
  });

  test("takes the least change into the fields, and finds others where a column is held", async () => {
    const frame = await open("wages trees");
    await frame.getByRole("listbox", { name: "Rows" }).focus();
    await workbench.page.keyboard.press("Home");
    const changes = frame.locator(`${reasons} .changes li`);
    await changes.first().waitFor();
    const told = (await changes.first().textContent()) ?? "";
    const [, column = "", prediction = ""] = /^(\w+) .* gives (\S+?)Try$/u.exec(told) ?? [];
    assert.ok(columns.some((each) => each === column) && column !== "female", told);
    assert.ok(Number(prediction) <= 0.5, told);
    const hold = frame.getByLabel(`Hold ${column}`, { exact: true });
    assert.equal(await frame.getByLabel("Hold female", { exact: true }).isChecked(), true);
    await hold.check();
    await workbench.holds(async () => !(await changes.allTextContents()).join().includes(column));
    await hold.uncheck();
    await changes.filter({ hasText: column }).first().waitFor();
    await changes.filter({ hasText: told }).getByText("Try").click();
    await frame.getByText("It is so already.").waitFor();
    assert.equal(await predictionOf(frame), prediction);
    await frame.getByLabel("What it should be").fill("0.2");
    await changes.first().waitFor();
    await frame.getByLabel("What it should be").fill("low");
    await frame.getByText("Not a number.", { exact: true }).waitFor();
    await frame.locator("vscode-button", { hasText: "As in the Data" }).click();
    await frame.locator(`${reasons} .tried`).waitFor({ state: "detached" });
  });

  test("compares with another version: importance, and the same row by both", async () => {
    const frame = await open("wages trees");
    const other = frame.getByLabel("Compare with");
    const option = other.locator("option", { hasText: "wages more trees" });
    await other.selectOption((await option.getAttribute("value")) ?? "");
    const compared = frame.locator('section[aria-label="wages v2 and wages v1"]');
    await compared.locator(".chart svg path").first().waitFor();
    assert.equal(await compared.locator("tbody tr").count(), columns.length);
    await frame.getByText("The same row in wages v2").waitFor();
    await workbench.screenshot("explanation-compared-row-dark");
    await compared.scrollIntoViewIfNeeded();
    await workbench.screenshot("explanation-compared-dark");
    const unlike = other.locator("option", { hasText: "wages line" });
    await other.selectOption((await unlike.getAttribute("value")) ?? "");
    await frame.getByText("shares are compared").waitFor();
    await other.selectOption("");
    await frame.getByText("shares are compared").waitFor({ state: "detached" });
  });

  test("shows how a chosen column goes with its value", async () => {
    const frame = await open("wages trees");
    await frame.getByLabel("Column", { exact: true }).selectOption("experience");
    const chart = frame.locator('.chart[aria-label^="SHAP value against"] svg');
    await chart.getByText("experience").first().waitFor();
    await chart.scrollIntoViewIfNeeded();
    await workbench.screenshot("explanation-dependence-dark");
  });

  test("texts are chosen, a missing number is an empty field, and odds are told as a probability", async () => {
    const frame = await open("people frame");
    await frame.getByRole("listbox", { name: "Rows" }).focus();
    await workbench.page.keyboard.press("Home");
    await frame.locator(`${reasons} .prediction .number`).waitFor();
    const before = await predictionOf(frame);
    const plan = frame.getByLabel("plan", { exact: true });
    assert.deepEqual(await plan.locator("option").allTextContents(), ["free", "team", "whole"]);
    await plan.selectOption((await plan.inputValue()) === "free" ? "whole" : "free");
    await frame.locator(`${reasons} .tried`).waitFor();
    assert.notEqual(await predictionOf(frame), before);
    await frame.getByLabel("income", { exact: true }).fill("");
    await frame.locator(`${reasons} tr.changed`, { hasText: "income" }).waitFor();
    await frame.getByText(/^The probability of 1 is 0\.\d+\. /u).waitFor();
    await workbench.screenshot("explanation-texts-dark");
  });

  test("a report on a file alone can be looked at, and says why no values can be tried", async () => {
    const frame = await open("wages file");
    await frame.getByRole("listbox", { name: "Rows" }).focus();
    await workbench.page.keyboard.press("End");
    await frame.getByText("The report is on a model file that is not in the registry").waitFor();
    assert.equal(await frame.getByLabel("education", { exact: true }).isDisabled(), true);
    assert.equal(await frame.locator(".what-if").count(), 0);
    await workbench.screenshot("explanation-read-only-dark");
  });

  test("explains a version on a file that is picked, from its row in the side bar", async () => {
    const row = workbench.treeRow("v2,");
    await workbench.contextMenu(row, "Explain Model…");
    await workbench.pickQuickItem("people.csv");
    await workbench.acceptInput("Name of the report", "by hand");
    const frame = await workbench.webview('h1:text-is("by hand")');
    await frame.getByText("Pick a point or a row").waitFor();
    const [newest] = await project.reports({ kind: "explanation", limit: 1 });
    assert.equal(newest?.name, "by hand");
    const report = await project.readReport(newest.runId, "explanation", "by hand");
    assert.deepEqual(report.model, { name: "wages", number: 2 });
    assert.equal(report.data.rows, 60);
  });

  test("a model's version offers to explain it, and lists its reports", async () => {
    await workbench.runAndPick("Assayer: Open Model…", "wages");
    const model = await workbench.webview(".timeline, .versions");
    await model.locator("vscode-button", { hasText: "Explain…" }).waitFor();
    await model.locator(".reports .link", { hasText: "wages" }).first().waitFor();
    await workbench.screenshot("explanation-model-dark");
  });

  test("exports the report as a page", async () => {
    const frame = await open("wages trees");
    await frame.locator("vscode-button", { hasText: "Export…" }).click();
    const target = join(folder, "wages trees.html");
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
      const frame = await open("wages trees");
      await frame.getByRole("listbox", { name: "Rows" }).focus();
      await workbench.page.keyboard.press("Home");
      await frame.locator(`${reasons} .chart svg path`).first().waitFor();
      await frame.locator("h1").scrollIntoViewIfNeeded();
      await workbench.screenshot(`explanation-${theme}`);
      await frame.getByText("How a column goes with its value").scrollIntoViewIfNeeded();
      await workbench.screenshot(`explanation-all-${theme}`);
    }
    await workbench.setTheme("dark");
  });

  test("logs no error, and asks nothing of other machines", () => {
    assert.deepEqual(workbench.problems, []);
  });
});

/** Two versions of trees and one of a line, each explained, and a report on a file that is not registered. */
async function makeProject(
  project: Project,
): Promise<{ trees: ExplanationReport; onnx: Uint8Array }> {
  const rows = held.rows.map((row, i) => ({
    request_id: held.requestId[i] ?? "",
    ...Object.fromEntries(columns.map((column, c) => [column, row[c] ?? 0])),
  }));
  const background = train.rows
    .slice(0, 100)
    .map((row) => Object.fromEntries(columns.map((column, c) => [column, row[c] ?? 0])));
  const bag = (trees: number, maxDepth: number) =>
    trainBagging(train, { trees, maxDepth, seed: 3 }, () => Promise.resolve());
  const models = [
    { name: "wages trees", onnx: await bag(12, 4) },
    { name: "wages more trees", onnx: await bag(30, 6) },
    { name: "wages line", onnx: trainLogistic(train, { numSteps: 300, learningRate: 0.01 }).onnx },
  ];
  const reports: ExplanationReport[] = [];
  for (const [i, { name, onnx }] of models.entries()) {
    const run = project.startRun({ experiment: "wages", name: `${name} run` });
    await run.logModel("wages", onnx, { input: [{ columns: [...columns] }] });
    await project.registry.setBackground("wages", i + 1, background);
    await run.end();
    const report = await explanationReport(rows, {
      model: { project, name: "wages", number: i + 1 },
      name,
    });
    reports.push(report);
    const again = await project.resumeRun(run.id);
    again.logReport(report);
    await again.end();
  }
  await logFrame(project);
  const [first] = models;
  const [trees] = reports;
  assert.ok(first && trees);
  const run = project.startRun({ experiment: "wages", name: "a file" });
  run.logReport(
    await explanationReport(rows.slice(0, 40), {
      model: first.onnx,
      columns,
      background,
      name: "wages file",
    }),
  );
  await run.end();
  await project.refresh();
  return { trees, onnx: first.onnx };
}

/** A model of texts and of numbers some of which are missing, as a converter wrote it. */
async function logFrame(project: Project): Promise<void> {
  const model = fixtureModel("frame-boosting");
  const rows = fixtureRows("frame-boosting", readExplainable(model).columns);
  const run = project.startRun({ experiment: "frame", name: "people frame run" });
  await run.logModel("frame", model);
  run.logReport(
    await explanationReport(rows, {
      model: { project, name: "frame", number: 1 },
      name: "people frame",
    }),
  );
  await run.end();
}

function writePeople(folder: string): void {
  const lines = held.rows.slice(0, 60).map((row, i) => [held.requestId[i], ...row].join(","));
  writeFileSync(
    join(folder, "people.csv"),
    `${["request_id", ...columns].join(",")}\n${lines.join("\n")}\n`,
  );
}
