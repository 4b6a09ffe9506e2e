import { evaluate } from "./evaluate";
import type { Split } from "./split";
import { trainLogistic } from "./train";
import { loadWages } from "./wages";

const folds = 5;
const params = { numSteps: 500, learningRate: 1e-3 };

/** What a model says of the 534 people of the survey, each by one that was trained without them. */
export interface WageScores {
  requestId: string[];
  /** 1 for a wage above the median. */
  yTrue: number[];
  /** Probability of 1. */
  yScore: number[];
  /** Who they are: not what the model was asked, and not to be logged with it. */
  people: { sex: string[]; region: string[] };
  features: { education: number[]; experience: number[] };
  /** Which of the folds a person was left out of. */
  fold: number[];
  /** The model that was trained on all of them, as an ONNX file; its input is `rows`. */
  model: Uint8Array;
  rows: number[][];
}

/** Scores of a logistic regression that knows a person's sex, by cross-validation. */
export async function wageScores(): Promise<WageScores> {
  const { train, test } = loadWages();
  const all: Split = {
    requestId: [...train.requestId, ...test.requestId],
    rows: [...train.rows, ...test.rows],
    labels: [...train.labels, ...test.labels],
  };
  const fold = all.rows.map((_, i) => i % folds);
  const part = (of: (fold: number) => boolean): Split => {
    const kept = fold.flatMap((each, i) => (of(each) ? [i] : []));
    return {
      requestId: kept.map((i) => all.requestId[i] ?? ""),
      rows: kept.map((i) => all.rows[i] ?? []),
      labels: kept.map((i) => all.labels[i] ?? 0),
    };
  };
  const yScore = new Array<number>(all.rows.length).fill(NaN);
  for (let held = 0; held < folds; held++) {
    const { onnx } = trainLogistic(
      part((each) => each !== held),
      params,
    );
    const scores = (
      await evaluate(
        onnx,
        part((each) => each === held),
      )
    ).yScore;
    fold
      .flatMap((each, i) => (each === held ? [i] : []))
      .forEach((i, k) => (yScore[i] = scores[k] ?? NaN));
  }
  const column = (position: number) => all.rows.map((row) => row[position] ?? NaN);
  return {
    requestId: all.requestId,
    yTrue: all.labels,
    yScore,
    people: {
      sex: column(2).map((female) => (female === 1 ? "women" : "men")),
      region: column(3).map((south) => (south === 0 ? "elsewhere" : "south")),
    },
    features: { education: column(0), experience: column(1) },
    fold,
    model: trainLogistic(all, params).onnx,
    rows: all.rows,
  };
}
