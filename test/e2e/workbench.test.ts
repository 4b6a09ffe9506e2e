import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { openProject, startServer, type Project, type Server } from "assayer";
import { createDemo } from "assayer/demo";
import { Workbench } from "./browser";
import { e2eRoot } from "./requirements";
import { Session, skip } from "./session";

const model = "wage-model";
const candidate = 3;

void describe("the extension in VS Code", { skip, timeout: 900_000 }, () => {
  const session = new Session();
  const demo = join(session.folder, "wages");
  const device = join(session.folder, "device");
  let workbench: Workbench;
  let project: Project;
  let remote: { project: Project; server: Server };

  before(async () => {
    await session.start(async () => {
      await createDemo(demo);
      const settings = { "assayer.pushTargets": [`edge:${device}`] };
      mkdirSync(join(demo, ".vscode"));
      writeFileSync(join(demo, ".vscode", "settings.json"), JSON.stringify(settings));
      project = await openProject(demo);
    });
    const other = await openProject(join(session.folder, "server"));
    remote = { project: other, server: await startServer(other, { port: 0 }) };
    workbench = await Workbench.open(session.browser, session.host.url, demo);
    await workbench.openContainer("Assayer");
  });

  after(async () => {
    await session.stop();
    await remote.server.close();
    await remote.project.close();
    await project.close();
  });

  test("lists experiments, runs and model versions of the nearest project", async () => {
    const experiments = await project.experiments();
    for (const { name } of experiments) await workbench.treeRow(name).waitFor();
    for (const { name } of await project.registry.models())
      if (name !== model) await workbench.fold(name);
    await workbench.treeRow(model).waitFor();
    await workbench.treeRow(`v${candidate}`).waitFor();
    const [newest] = await project.searchRuns({ limit: 1 });
    await workbench.treeRow(newest?.name ?? "").waitFor();
    await workbench.page
      .locator(".statusbar-item", { hasText: project.name })
      .waitFor({ state: "visible" });
  });

  test("opens a run with its params, metrics and curves", async () => {
    const run = await runWithCurve(project);
    await workbench.until(
      () => workbench.quickItem(run.name).waitFor(),
      async () => {
        await workbench.runCommand("Assayer: Open Run…");
        await workbench.fillQuickInput(run.name);
      },
    );
    await workbench.pickQuickItem(run.name);
    const frame = await workbench.webview(".curve svg path.domain, .curve svg .mark-line path");
    assert.equal(await frame.locator("h1").textContent(), run.name);
    assert.equal(
      await frame.locator('section[aria-label="Params"] dt').count(),
      Object.keys(run.params).length,
    );
    assert.equal(
      await frame.locator('section[aria-label="Metrics"] tbody tr').count(),
      Object.keys(run.metrics).length,
    );
    await workbench.screenshot("run-dark");
  });

  test("shows all runs in a table that sorts, filters and opens them", async () => {
    const frame = await workbench.openTable();
    const runs = await project.searchRuns();
    assert.equal(await frame.getByRole("grid").getAttribute("aria-rowcount"), `${runs.length + 1}`);
    await frame.locator('[data-column="metrics.auc"]').click();
    const best = [...runs].sort((a, b) => (b.metrics["auc"] ?? -1) - (a.metrics["auc"] ?? -1));
    await frame.locator("#row-0", { hasText: best[0]?.name ?? "none" }).waitFor();
    await workbench.screenshot("runs-table-dark");
    await frame.locator(".filter input").fill("tree auc > 0.7");
    const found = runs.filter(
      ({ name, experiment, metrics }) =>
        `${name} ${experiment}`.includes("tree") && (metrics["auc"] ?? 0) > 0.7,
    );
    await frame.getByText(`${found.length} of ${runs.length} runs`).waitFor();
    await workbench.page.locator(".tab").first().click();
    await workbench.holds(() => frame.isDetached());
    await workbench.page.locator(".tab", { hasText: "Runs of" }).click();
    const again = await workbench.webview(".grid-row");
    await again.getByText(`${found.length} of ${runs.length} runs`).waitFor();
    await again.locator(".filter input").fill("");
    await again.getByText(`${runs.length} runs`, { exact: true }).waitFor();
    const grid = again.getByRole("grid");
    await grid.press("ArrowDown");
    await grid.press("Enter");
    await workbench.page
      .locator(".tab.active", { hasText: best[1]?.name ?? "" })
      .waitFor({ state: "visible" });
  });

  test("compares the runs that are selected in the table", async () => {
    const table = await workbench.openTable();
    await table.getByLabel("Select all rows").check();
    await table.locator(".selection vscode-button", { hasText: "Compare" }).click();
    const frame = await workbench.webview(".compared-runs");
    await workbench.screenshot("compare-demo-dark");
    await frame.getByRole("tab", { name: "Parallel Coordinates" }).click();
    await frame.locator("svg .mark-line path").first().waitFor({ state: "attached" });
    await workbench.screenshot("compare-demo-parallel-dark");
  });

  test("shows what a model in production saw in May against winter", async () => {
    const report = "late-flights in May 2001, alarm, drift report";
    await workbench.scrollTo("Reports", report);
    const frame = await workbench.openRow(report, '.feature-table [data-feature="recent_delay"]');
    assert.equal(await frame.locator("h1").first().textContent(), "late-flights in May 2001");
    const rows = frame.locator(".feature-table [data-feature]");
    assert.equal(await rows.first().getAttribute("data-feature"), "recent_delay");
    await workbench.screenshot("drift-demo-dark");
    await frame.locator(".feature-detail").scrollIntoViewIfNeeded();
    await workbench.screenshot("drift-demo-detail-dark");
  });

  test("promotes a version through the quick picks and shows it in the stage history", async () => {
    const frame = await workbench.openRow(`v${candidate}`, ".timeline");
    const steps = await frame.locator(".timeline li").count();
    await workbench.screenshot("model-dark");
    await workbench.until(
      () => workbench.quickItem("production").waitFor(),
      () => frame.locator("vscode-button", { hasText: "Promote…" }).click(),
    );
    await workbench.pickQuickItem("production");
    await workbench.acceptInput(
      "The reason stays in the stage history",
      "checked by the end-to-end test",
    );
    await workbench.screenshot("promote-confirm-dark");
    await workbench.pressDialogButton("Promote");
    await workbench.notification("is now in production").waitFor();
    await frame.getByText("checked by the end-to-end test").waitFor();
    assert.equal(await frame.locator(".timeline li").count(), steps + 2);
    await workbench.treeRow(`v${candidate}, production`).waitFor();
    const rows = await project.sql(
      "select number, to_stage from stage_transitions where reason = ?",
      ["checked by the end-to-end test"],
    );
    assert.deepEqual(rows, [{ number: candidate, to_stage: "production" }]);
    await workbench.clearNotifications();
  });

  test("pushes the version to a running server, which then infers with it", async () => {
    const { server } = remote;
    await workbench.runAndPick("Assayer: Push to Target…", model);
    await workbench.pickQuickItem(`v${candidate}`);
    await workbench.pickQuickItem("Server Address…");
    await workbench.acceptInput("Address of the server", server.url);
    await workbench.acceptInput("the server printed it when it started", server.token);
    await workbench.pressDialogButton("Push");
    await workbench.notification("is deployed to").waitFor();
    const version = await project.registry.version(model, candidate);
    const response = await fetch(`${server.url}/v2/models/${model}/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs: version.sample?.inputs }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    const { outputs } = (await response.json()) as { outputs: { name: string; data: unknown[] }[] };
    const wanted = version.sample?.outputs[0];
    assert.deepEqual(outputs.find(({ name }) => name === wanted?.name)?.data, wanted?.data);
    const frame = await workbench.webview('section[aria-label="Deployments"] tbody tr');
    await frame.getByText(server.url).first().waitFor();
    await workbench.clearNotifications();
  });

  test("pushes a signed bundle to an edge folder that the settings name", async () => {
    await workbench.runAndPick("Assayer: Push to Target…", model);
    await workbench.pickQuickItem(`v${candidate}`);
    await workbench.pickQuickItem(`edge:${device}`);
    await workbench.pressDialogButton("Push");
    await workbench.notification("is deployed to").waitFor();
    const files = readdirSync(device, { recursive: true, encoding: "utf8" });
    assert.ok(
      files.some((name) => name.endsWith(".sig")),
      files.join(", "),
    );
    assert.ok(
      files.some((name) => name.endsWith(".onnx")),
      files.join(", "),
    );
    await workbench.clearNotifications();
  });

  test("changes nothing and reports nothing when the user cancels", async () => {
    const transitions = async () => (await project.sql("select * from stage_transitions")).length;
    const deployments = async () => (await project.sql("select * from deployments")).length;
    const before = [await transitions(), await deployments()];
    await workbench.runAndPick("Assayer: Promote…", model);
    await workbench.pickQuickItem(`v${candidate}`);
    await workbench.pickQuickItem("staging");
    await workbench.prompt("The reason stays in the stage history").waitFor();
    await workbench.until(
      () => workbench.page.locator(".quick-input-widget").waitFor({ state: "hidden" }),
      () => workbench.page.keyboard.press("Escape"),
    );
    await workbench.runAndPick("Assayer: Push to Target…", model);
    await workbench.pickQuickItem(`v${candidate}`);
    await workbench.pickQuickItem("edge:");
    await workbench.pressDialogButton("Cancel");
    assert.deepEqual([await transitions(), await deployments()], before);
    assert.equal(await workbench.page.locator(".notification-toast").count(), 0);
  });

  test("shows a metric of another process as it is logged", async (t) => {
    const live = spawn(process.execPath, [join(e2eRoot, "live-run.mjs"), demo], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.after(() => live.kill());
    await once(live.stdout, "data");
    const frame = await workbench.openRow("live-run", ".status-running");
    for (let step = 1; step <= 30; step++)
      live.stdin.write(`loss ${step} ${1 / step + 0.01 * Math.sin(step)}\n`);
    await frame.locator('[data-metric="loss"] svg').waitFor();
    await workbench.screenshot("run-live-dark");
    const delays: number[] = [];
    for (let step = 31; step <= 33; step++) {
      const began = performance.now();
      const value = Number((1 / step).toFixed(4));
      live.stdin.write(`loss ${step} ${value}\n`);
      await frame.locator('[data-metric="loss"] .number', { hasText: `${value}` }).waitFor();
      delays.push(performance.now() - began);
    }
    console.log(`# live update after ${delays.map((delay) => delay.toFixed(0)).join(", ")} ms`);
    live.stdin.end();
    await frame.locator(".status-finished").waitFor();
  });

  test("acts on every row of the tree that is clicked while another process logs", async (t) => {
    const [run] = (await project.searchRuns()).filter(({ experiment }) => experiment !== "live");
    assert.ok(run);
    const live = spawn(process.execPath, [join(e2eRoot, "live-run.mjs"), demo], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let step = 0;
    const logging = setInterval(() => live.stdin.write(`loss ${step} ${1 / ++step}\n`), 40);
    t.after(() => {
      clearInterval(logging);
      live.kill();
    });
    await once(live.stdout, "data");
    await workbench.treeRow("live-run, running").waitFor();
    for (const action of ["Star", "Remove Star", "Star", "Remove Star", "Star", "Remove Star"]) {
      const row = workbench.treeRow(`${run.name}, finished,`);
      await row.hover();
      await row.locator(`.action-label[aria-label^="${action}"]`).click();
      await workbench
        .treeRow(`${run.name}, finished, starred`)
        .waitFor({ state: action === "Star" ? "visible" : "detached" });
    }
    assert.equal(await workbench.page.locator(".notification-toast").count(), 0);
    clearInterval(logging);
    live.stdin.end();
    await workbench.treeRow("live-run, running").waitFor({ state: "detached" });
  });

  test("follows the colour theme", async () => {
    const run = await runWithCurve(project);
    for (const theme of ["light", "high-contrast"] as const) {
      await workbench.setTheme(theme);
      await workbench.openTable();
      await workbench.screenshot(`runs-table-${theme}`);
      await workbench.openRow(`v${candidate}`, ".timeline");
      await workbench.screenshot(`model-${theme}`);
      await workbench.page.locator(".tab", { hasText: run.name }).first().click();
      await workbench.webview(".curve svg");
      await workbench.screenshot(`run-${theme}`);
    }
    await workbench.setTheme("dark");
  });

  test("logs no error, and asks nothing of other machines", () => {
    assert.deepEqual(workbench.problems, []);
  });

  test("welcomes to a folder without a project, and makes the demo there", async () => {
    const empty = join(session.folder, "empty");
    mkdirSync(empty);
    await workbench.close();
    workbench = await Workbench.open(session.browser, session.host.url, empty);
    await workbench.openContainer("Assayer");
    const create = workbench.page.locator(".welcome-view .monaco-button", {
      hasText: "Create Demo Project",
    });
    await create.waitFor();
    await workbench.screenshot("welcome-dark");
    await create.click();
    await workbench.notification("The demo project is ready").waitFor();
    await workbench.treeRow(model).waitFor();
    await workbench.screenshot("demo-created-dark");
    assert.deepEqual(workbench.problems, []);
  });
});

/** The demo's newest run with a metric of several steps. */
async function runWithCurve(project: Project) {
  const runs = await project.searchRuns();
  for (const run of runs.filter(({ experiment }) => experiment !== "live")) {
    const { series } = await project.run(run.runId);
    if (series.some(({ count }) => count > 5)) return run;
  }
  throw new Error("the demo has no run with a curve");
}
