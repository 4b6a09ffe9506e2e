import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { predictEnsemble, TreeShapEngine, ParallelTreeShap, type TreeEnsemble } from "assayer";
import { renderSvg } from "../../kernel-lib/notebook/render";
import { measured, median, type Row } from "./row";
import { peer, peerTrees, peerValues, type PeerTrees } from "./shap-trees";

const group = "shap";
/** `ASSAYER_BENCH_SMALL=1` tries the group in a minute. */
const isSmall = process.env.ASSAYER_BENCH_SMALL === "1";
const count = isSmall ? 2000 : 10_000;
const trees = isSmall ? 20 : 500;

interface PeerFigures {
  seconds: number;
  rows: number;
  base: number;
  /** Seconds of one row alone. */
  one: number;
  /** Seconds of XGBoost's own SHAP values, by the clock. */
  xgboost?: number;
}

/** Seconds of processor time, so that what else the machine does does not count. */
function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function peerFigures(folder: string, rows: number, background: number, cores = 1): PeerFigures {
  return JSON.parse(peer("time", folder, rows, background, cores)) as PeerFigures;
}

function sliced({ rows, ensemble: { features } }: PeerTrees, from: number, to: number) {
  return { rows: rows.slice(from * features, to * features), count: to - from };
}

/**
 * The largest difference from shap's values: the bench is of the same values, or of nothing. Covers of XGBoost are
 * float32 sums that differ from their children's by rounding.
 */
function requireSame(ours: Float64Array, theirs: Float64Array): void {
  const gap = theirs.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - Number(ours[i]))),
    0,
  );
  if (gap > 1e-6) throw new Error(`shap's values differ by ${gap}`);
}

/** One thread against one thread; shap explains fewer rows, and its time is multiplied: it is linear in rows. */
function oneThread(depth: number, background: number, ratioAtLeast: number): Row {
  const given = peerTrees("make", depth, trees);
  const peerRows = Math.max(2, Math.round((background > 0 ? 80 : 2000) / 2 ** (depth / 2)));
  const theirs = peerFigures(given.folder, peerRows, background);
  const others = sliced(given, given.count - background, given.count);
  const engine = new TreeShapEngine(given.ensemble, background > 0 ? { background: others } : {});
  engine.explain(sliced(given, 0, 200));
  let found = new Float64Array(0);
  const seconds = processorSeconds(() => {
    found = Float64Array.from(engine.explain(sliced(given, 0, count)).shapValues);
  });
  requireSame(found, peerValues(given.folder));
  const how = background > 0 ? `background ${background}` : "path-dependent";
  const leaves = Math.round(given.leaves / trees);
  return measured(
    {
      group,
      figure: `${count} rows, ${trees} trees, depth ${depth} (${leaves} leaves), ${how}, one thread`,
      value: seconds,
      unit: "s",
    },
    "lower",
    { ratioAtLeast },
    (theirs.seconds * count) / theirs.rows,
  );
}

/** All cores against all cores: what shap's TreeExplainer asks XGBoost for, path-dependent. */
async function allCores(depth: number): Promise<Row> {
  const cores = availableParallelism();
  const given = peerTrees("make", depth, trees);
  const { xgboost = NaN } = peerFigures(given.folder, isSmall ? 200 : 1000, 0, cores);
  const pool = new ParallelTreeShap(given.ensemble, {}, { threads: cores });
  const start = performance.now();
  await pool.explain(sliced(given, 0, count));
  const seconds = (performance.now() - start) / 1000;
  return measured(
    {
      group,
      figure: `${count} rows, ${trees} trees, depth ${depth}, path-dependent, ${cores} cores (peer: XGBoost's, which shap asks)`,
      value: seconds,
      unit: "s",
    },
    "lower",
    { ratioAtLeast: 1 },
    (xgboost * count) / (isSmall ? 200 : 1000),
  );
}

function oneRow(background: number): Row {
  const given = peerTrees("make", 6, 100);
  const { one } = peerFigures(given.folder, 20, background);
  const others = sliced(given, given.count - 100, given.count);
  const engine = new TreeShapEngine(given.ensemble, background > 0 ? { background: others } : {});
  // A process that has just begun runs code that V8 has yet to compile: the first rows do not count.
  const seconds: number[] = [];
  for (let i = 0; i < 1200; i++) {
    const row = sliced(given, i % 200, (i % 200) + 1);
    const start = performance.now();
    engine.explain(row);
    if (i >= 1000) seconds.push((performance.now() - start) / 1000);
  }
  const how = background > 0 ? `background ${background}` : "path-dependent";
  return measured(
    {
      group,
      figure: `one row, 100 trees, depth 6, ${how}`,
      value: median(seconds) * 1000,
      unit: "ms",
    },
    "lower",
    { atMost: 0.3 },
    one * 1000,
  );
}

/** Largest |base value + SHAP values - prediction| of a row, over |prediction| where that is above 1. */
function additivityError(
  ensemble: TreeEnsemble,
  rows: Float64Array,
  baseValue: number,
  values: Float64Array,
): number {
  const { features } = ensemble;
  const n = values.length / features;
  const predictions = predictEnsemble(ensemble, rows.slice(0, n * features), n);
  return predictions.reduce((most, prediction, row) => {
    const own = values.subarray(row * features, (row + 1) * features);
    const error = own.reduce((sum, value) => sum + value, baseValue - prediction);
    return Math.max(most, Math.abs(error) / Math.max(1, Math.abs(prediction)));
  }, 0);
}

/** A tree on which shap is wrong by twenty orders of magnitude. */
function sparse(): Row[] {
  const given = peerTrees("sparse");
  const theirs = peerFigures(given.folder, 20, 0);
  const engine = new TreeShapEngine(given.ensemble);
  const own = sliced(given, 0, isSmall ? 100 : 1000);
  let explained = engine.explain(sliced(given, 0, 20));
  const seconds = processorSeconds(() => {
    explained = engine.explain(own);
  });
  const error = (values: Float64Array, base: number) =>
    additivityError(given.ensemble, given.rows, base, values);
  const figure = `${own.count} rows, one tree of depth 150`;
  const peerSeconds = (theirs.seconds * own.count) / theirs.rows;
  return [
    measured({ group, figure, value: seconds, unit: "s" }, "lower", {}, peerSeconds),
    measured(
      {
        group,
        figure: `${figure}: additivity error`,
        value: error(explained.shapValues, Number(explained.baseValue[0])),
        unit: "",
      },
      "lower",
      { atMost: 1e-9 },
      error(peerValues(given.folder), theirs.base),
    ),
  ];
}

/** Seconds by rows, trees, leaves and depth, each alone, drawn into `.cache/bench/shap-scaling.svg`. */
async function scaling(): Promise<void> {
  const points: { by: string; at: number; seconds: number }[] = [];
  const time = (by: string, at: number, given: PeerTrees, rows: number, part = given.ensemble) => {
    const engine = new TreeShapEngine(part);
    engine.explain(sliced(given, 0, 200));
    const seconds = processorSeconds(() => engine.explain(sliced(given, 0, rows)));
    points.push({ by, at, seconds });
  };
  const whole = peerTrees("make", 8, trees);
  for (const share of [0.2, 0.4, 0.6, 0.8, 1]) {
    time("rows", count * share, whole, count * share);
    const roots = whole.ensemble.roots.slice(0, trees * share);
    time("trees", trees * share, whole, count, { ...whole.ensemble, roots });
  }
  for (const depth of [4, 6, 8, 10, 12]) {
    const given = peerTrees("make", depth, 20);
    time("leaves", given.leaves, given, count);
    time("depth", depth, given, count);
  }
  const folder = join(__dirname, "..", "..", ".cache", "bench");
  mkdirSync(folder, { recursive: true });
  const svg = await renderSvg({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: "Seconds of exact path-dependent SHAP values by rows, trees, leaves and depth",
    data: { values: points },
    mark: { type: "line", point: true },
    encoding: {
      column: { field: "by", type: "nominal", title: null },
      x: { field: "at", type: "quantitative", title: null },
      y: { field: "seconds", type: "quantitative", title: "seconds, one thread" },
    },
    resolve: { scale: { x: "independent", y: "independent" } },
  });
  writeFileSync(join(folder, "shap-scaling.svg"), svg);
  for (const { by, at, seconds } of points)
    console.error(`scaling in ${by}: ${at} takes ${seconds.toFixed(3)} s`);
}

/**
 * Exact SHAP values of trees against shap's C extension, on one thread, and against XGBoost on all cores. The data is
 * seeded and made, of the size of UCI Adult's: 14 columns, 40,000 rows to train on.
 */
export async function benchShap(): Promise<Row[]> {
  const rows = [
    oneThread(8, 0, 1),
    oneThread(12, 0, 3),
    oneThread(16, 0, 3),
    oneThread(8, 100, 3),
    oneRow(0),
    oneRow(100),
    ...sparse(),
    await allCores(8),
  ];
  await scaling();
  return rows;
}
