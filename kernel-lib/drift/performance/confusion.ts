import type { CalibratedRows } from "./classifier-rows";

/** How often each class was predicted as which: `counts[true × classes + predicted]`. */
export interface Confusion {
  counts: Float64Array;
  classes: number;
  rows: number;
}

/** Counts of labelled rows; null where labels are not known at all. Rows that miss something are left out. */
export function realisedConfusion(
  { classes, yTrue, yPred }: CalibratedRows,
  start: number,
  end: number,
): Confusion | null {
  if (yTrue === null) return null;
  const confusion = emptyConfusion(classes.length);
  for (let row = start; row < end; row++) {
    const actual = Number(yTrue[row]);
    const predicted = Number(yPred[row]);
    if (actual >= 0 && predicted >= 0) add(confusion, actual, predicted, 1);
    if (actual >= 0 && predicted >= 0) confusion.rows++;
  }
  return confusion;
}

/** Counts as the probabilities let expect them. */
export function expectedConfusion(
  { classes, yPred, probability }: CalibratedRows,
  start: number,
  end: number,
): Confusion {
  const confusion = emptyConfusion(classes.length);
  const [only] = probability;
  for (let row = start; row < end; row++) {
    const predicted = Number(yPred[row]);
    const first = Number(only?.[row]);
    if (predicted < 0 || Number.isNaN(first)) continue;
    confusion.rows++;
    if (probability.length === 1) {
      add(confusion, 0, predicted, 1 - first);
      add(confusion, 1, predicted, first);
    } else
      for (const [actual, values] of probability.entries())
        add(confusion, actual, predicted, Number(values[row]));
  }
  return confusion;
}

/** True and false positives and negatives of one class against all others. */
export function outcomesOf({ counts, classes }: Confusion, code: number): Outcomes {
  const outcomes = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let actual = 0; actual < classes; actual++)
    for (let predicted = 0; predicted < classes; predicted++) {
      const count = Number(counts[actual * classes + predicted]);
      if (predicted === code) outcomes[actual === code ? "tp" : "fp"] += count;
      else outcomes[actual === code ? "fn" : "tn"] += count;
    }
  return outcomes;
}

export interface Outcomes {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/** How many different classes are true, and how many predicted. */
export function classesSeen({ counts, classes }: Confusion): { actual: number; predicted: number } {
  const actual = new Set<number>();
  const predicted = new Set<number>();
  for (const [i, count] of counts.entries())
    if (count > 0) {
      actual.add(Math.floor(i / classes));
      predicted.add(i % classes);
    }
  return { actual: actual.size, predicted: predicted.size };
}

/** Of what a cell is a share: the rows of its true class, of its predicted class, or all; of nothing for counts. */
export type ConfusionShare = "all" | "true" | "predicted";

/** What a cell is divided by: 1 for counts. */
export function shareBase(
  { counts, classes, rows }: Confusion,
  actual: number,
  predicted: number,
  share: ConfusionShare | undefined,
): number {
  if (share === undefined) return 1;
  if (share === "all") return rows;
  let sum = 0;
  for (let other = 0; other < classes; other++)
    sum += Number(
      counts[share === "true" ? actual * classes + other : other * classes + predicted],
    );
  return sum;
}

function emptyConfusion(classes: number): Confusion {
  return { counts: new Float64Array(classes * classes), classes, rows: 0 };
}

function add({ counts, classes }: Confusion, actual: number, predicted: number, by: number): void {
  const at = actual * classes + predicted;
  counts[at] = Number(counts[at]) + by;
}
