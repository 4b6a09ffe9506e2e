import type { CountMetric } from "../../evaluate/metric";
import { multinomialDraw } from "../../stats/binomial-draw";
import type { Jackknife } from "../../stats/bootstrap-interval";
import { seededRandom } from "../../stats/seeded-random";
import { countsOf, type Cells } from "./cells";
import type { FrameData } from "./frame-input";
import { resampledMetric } from "./resampled-metric";
import type { RowEvidence, RowMetric } from "./row-evidence";
import type { Segment } from "./segments";

/** A metric of one segment in every resample, and without each row in turn. */
export interface Resampled {
  replicates: Float64Array;
  jackknife: () => Jackknife;
}

/**
 * Metrics of counts when as many rows are drawn as there are, each as likely as the other. Without weights that is one
 * draw of a multinomial variable over groups and answers, whose cost does not depend on the number of rows.
 *
 * @returns by segment and metric
 */
export function resampleCounts(
  metrics: readonly CountMetric[],
  segments: readonly Segment[],
  cells: Cells,
  {
    codes,
    actual,
    predicted,
    weights,
  }: Pick<FrameData, "actual" | "predicted" | "weights"> & {
    codes: Uint32Array;
  },
  { resamples, seed }: Pick<FrameData, "resamples" | "seed">,
): Resampled[][] {
  const random = seededRandom(seed);
  const total = cells.rows.reduce((sum, rows) => sum + rows, 0);
  const drawn = new Float64Array(cells.rows.length);
  let draw = () => {
    multinomialDraw(total, cells.rows, random, drawn);
  };
  if (weights !== undefined && actual !== null && predicted !== null) {
    const cellOf = codes.map((code, i) => 4 * code + 2 * (actual[i] ?? 0) + (predicted[i] ?? 0));
    draw = () => {
      drawn.fill(0);
      for (let k = 0; k < total; k++) {
        const row = Math.floor(random() * total);
        const cell = cellOf[row] as number;
        drawn[cell] = (drawn[cell] as number) + (weights[row] as number);
      }
    };
  }
  const all = segments.map((segment) =>
    metrics.map((metric) => ({
      replicates: new Float64Array(resamples),
      jackknife: () => withoutOne(metric, segment, cells),
    })),
  );
  for (let r = 0; r < resamples; r++) {
    draw();
    segments.forEach(({ leaves }, s) => {
      const counts = countsOf(drawn, leaves);
      metrics.forEach((metric, m) => {
        const result = all[s]?.[m];
        if (result) result.replicates[r] = metric.compute(counts);
      });
    });
  }
  return all;
}

/** Rows of one answer are alike, so that there are four values; with weights each is a row of the mean weight. */
function withoutOne(metric: CountMetric, { leaves }: Segment, cells: Cells): Jackknife {
  const counts = countsOf(cells.weights, leaves);
  const rows = countsOf(cells.rows, leaves);
  const answers = Object.keys(counts) as (keyof typeof counts)[];
  const there = answers.filter((answer) => rows[answer] > 0);
  return {
    values: there.map((answer) =>
      metric.compute({ ...counts, [answer]: counts[answer] * (1 - 1 / rows[answer]) }),
    ),
    times: there.map((answer) => rows[answer]),
  };
}

/** Above, rows are left out a block at a time: the acceleration that they are for is small where rows are many. */
const singly = 1000;
const blocks = 200;

/** The same for metrics of rows: every metric and group looks at the same draws. */
export function resampleRows(
  metrics: readonly RowMetric[],
  segments: readonly { evidence: RowEvidence; positions: Uint32Array | null }[],
  rows: number,
  { resamples, seed }: Pick<FrameData, "resamples" | "seed">,
): Resampled[][] {
  const random = seededRandom(seed);
  const times = new Uint32Array(rows);
  const work = segments.map(({ evidence, positions }) => ({
    positions,
    local: positions === null ? times : new Uint32Array(positions.length),
    computes: metrics.map((metric) => resampledMetric(metric, evidence)),
    replicates: metrics.map(() => new Float64Array(resamples)),
  }));
  for (let r = 0; r < resamples; r++) {
    times.fill(0);
    for (let k = 0; k < rows; k++) {
      const row = Math.floor(random() * rows);
      times[row] = (times[row] as number) + 1;
    }
    for (const { positions, local, computes, replicates } of work) {
      if (positions !== null)
        for (let i = 0; i < local.length; i++) local[i] = times[positions[i] as number] as number;
      const empty = local.every((drawn) => drawn === 0);
      computes.forEach((compute, m) => {
        const values = replicates[m];
        if (values) values[r] = empty ? NaN : compute(local);
      });
    }
  }
  return work.map(({ computes, replicates, local }) =>
    computes.map((compute, m) => ({
      replicates: replicates[m] as Float64Array,
      jackknife: () => leftOut(compute, local.length),
    })),
  );
}

function leftOut(compute: (times: Uint32Array) => number, rows: number): Jackknife {
  const parts = rows <= singly ? rows : blocks;
  const times = new Uint32Array(rows).fill(1);
  const values = Array.from({ length: rows < 2 ? 0 : parts }, (_, part) => {
    for (let i = part; i < rows; i += parts) times[i] = 0;
    const value = compute(times);
    for (let i = part; i < rows; i += parts) times[i] = 1;
    return value;
  });
  return { values, times: values.map(() => 1) };
}
