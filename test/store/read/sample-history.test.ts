import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, openProject } from "../../../kernel-lib/index";
import { temporaryFolder } from "../../temporary-folder";

/** A curve with noise that repeats, a needle up and one down, and a place without numbers. */
function curve(count: number): Float64Array {
  const values = Float64Array.from(
    { length: count },
    (_, i) => Math.sin(i / 900) + ((i * 7919) % 101) / 1000,
  );
  values[Math.floor(count / 3)] = 99;
  values[Math.floor(count / 2) + 1] = -99;
  values.fill(NaN, Math.floor(count * 0.7), Math.floor(count * 0.7) + 5);
  return values;
}

test("a thinned history keeps the extremes, the ends and the gaps, and every point of it was logged", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const count = 50_000;
  const values = curve(count);
  // Not from zero, not by one, and not in order.
  for (let n = 0; n < count; n++) {
    const i = (n * 7919) % count;
    run.logMetric("loss", values[i] ?? 0, { step: 1_000_000 + i * 3, timestamp: 1e12 + i });
  }
  for (let i = 0; i < 20; i++) run.logMetric("short", i);
  for (const maxPoints of [8, 100, 1000, 60_000]) {
    const [loss, short] = await project.metricHistory(run.id, { maxPoints });
    assert.ok(loss && short);
    assert.deepEqual([loss.runId, loss.key, loss.count], [run.id, "loss", count]);
    assert.ok(loss.values.length <= maxPoints, `${loss.values.length} of ${maxPoints}`);
    if (maxPoints === 60_000) assert.equal(loss.values.length, count);
    else assert.ok(loss.values.length >= maxPoints / 4, `${loss.values.length} of ${maxPoints}`);
    const numbers = loss.values.filter((value) => !Number.isNaN(value));
    assert.deepEqual([Math.min(...numbers), Math.max(...numbers)], [-99, 99]);
    assert.deepEqual([loss.steps[0], loss.steps.at(-1)], [1_000_000, 1_000_000 + (count - 1) * 3]);
    assert.ok(
      loss.values.some((value) => Number.isNaN(value)),
      "the gap is there",
    );
    loss.steps.forEach((step, k) => {
      const i = (step - 1_000_000) / 3;
      assert.ok(Object.is(loss.values[k], values[i]));
      assert.equal(loss.timestamps[k], 1e12 + i);
      assert.ok(k === 0 || step > (loss.steps[k - 1] ?? 0));
    });
    if (maxPoints === 100) assert.equal(short.values.length, 20);
  }
  await project.close();
});

test("each stretch of a thinned history has the extremes of what it stands for", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const values = Float64Array.from({ length: 4096 }, (_, i) => Math.cos(i * i));
  for (const value of values) run.logMetric("m", value);
  const [m] = await project.metricHistory([run.id], { keys: ["m"], maxPoints: 516 });
  const kept = new Set(m?.steps);
  // The first step, then 256 stretches of 16, the last of 15.
  for (let start = 1; start < 4096; start += 16) {
    const stretch = values.subarray(start, start + 16);
    for (const extreme of [Math.min(...stretch), Math.max(...stretch)])
      assert.ok(kept.has(start + stretch.indexOf(extreme)));
  }
  assert.ok((m?.steps.length ?? 0) <= 516);
  await project.close();
});

test("histories of several runs come in the order of the runs, whoever wrote when", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const runs = ["a", "b", "c"].map((name) => project.startRun({ experiment: "e", name }));
  for (let step = 0; step < 3000; step++)
    for (const [r, run] of runs.entries()) {
      run.logMetric("loss", Math.sin(step / 100) * (r + 1), { step });
      if (step % 500 === 0) await project.refresh();
    }
  const [a, b, c] = runs;
  assert.ok(a && b && c);
  const history = await project.metricHistory([c.id, a.id, b.id], { maxPoints: 50 });
  assert.deepEqual(
    history.map(({ runId }) => runId),
    [c.id, a.id, b.id],
  );
  for (const [i, scale] of [3, 1, 2].entries())
    assert.ok(Math.abs(Math.max(...(history[i]?.values ?? [])) - scale) < 1e-3 * scale);
  const whole = await project.metricHistory([a.id]);
  assert.equal(whole[0]?.values.length, 3000);
  assert.deepEqual(await project.metricHistory([a.id], { keys: ["nothing"] }), []);
  assert.deepEqual(await project.metricHistory([]), []);
  await project.close();
});

test("series of NaN alone, of infinities, of one step and of the widest steps are thinned too", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const widest = Number.MAX_SAFE_INTEGER;
  for (let i = 0; i < 100; i++) {
    run.logMetric("nan", NaN, { step: i });
    run.logMetric("infinite", i === 50 ? Infinity : i === 51 ? -Infinity : i, { step: i });
    run.logMetric("one", i, { step: 7 });
    run.logMetric("wide", i, { step: i === 0 ? -widest : i === 99 ? widest : i });
  }
  const history = await project.metricHistory(run.id, { maxPoints: 20 });
  const of = (key: string) => [...(history.find((each) => each.key === key)?.values ?? [])];
  assert.ok(of("nan").length > 2 && of("nan").every((value) => Number.isNaN(value)));
  assert.deepEqual(
    [Math.min(...of("infinite")), Math.max(...of("infinite"))],
    [-Infinity, Infinity],
  );
  assert.deepEqual([Math.min(...of("one")), Math.max(...of("one"))], [0, 99]);
  assert.deepEqual([of("wide")[0], of("wide").at(-1)], [0, 99]);
  for (const { values } of history) assert.ok(values.length <= 20);
  await project.close();
});

test("unknown runs and too few points are refused", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const refusal = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
  await assert.rejects(
    project.metricHistory([run.id, "no"]),
    refusal("unknown-run", /^unknown run: no$/u),
  );
  await assert.rejects(
    project.metricHistory(run.id, { maxPoints: 4 }),
    refusal("invalid-argument", /requires maxPoints to be a whole number of 8 or more; got 4$/u),
  );
  await project.close();
});
