import type { ClassifierRows } from "../../kernel-lib/drift/performance/classifier-rows";
import { golden, type Flights } from "./nannyml-golden";

/** The linear model of test/parity/nannyml.py, in the same order of operations: whether a flight is late. */
export function flightRows({ date, delay, distance }: Flights): ClassifierRows {
  const { weights, intercept, cut } = golden.flightsModel;
  const [ofMinute = 0, ofDistance = 0, ofPlace = 0] = weights;
  const score = date.map((time, i) => {
    const minute = (Math.floor(time / 60_000) % 1440) / 1440;
    const z =
      minute * ofMinute +
      (Number(distance[i]) / 1000) * ofDistance +
      (i / 60_000) * ofPlace +
      intercept;
    return 0.5 + 0.5 * (z / (1 + Math.abs(z)));
  });
  return {
    classes: ["0", "1"],
    yTrue: Int32Array.from(delay, (minutes) => Number(minutes > 15)),
    yPred: Int32Array.from(score, (value) => Number(value > cut)),
    yScore: [score],
  };
}

/** Who survived the Titanic, and what scikit-learn's logistic regression said. */
export function titanicRows(): ClassifierRows {
  const { survived, score } = golden.titanic;
  return {
    classes: ["0", "1"],
    yTrue: Int32Array.from(Array.from(survived), Number),
    yPred: Int32Array.from(score, (value) => Number(value > 0.5)),
    yScore: [Float64Array.from(score)],
  };
}

/** Handwritten digits 0 to 4, and what scikit-learn's logistic regression said. */
export function digitRows(): ClassifierRows {
  const { classes, yTrue, yPred, yScore } = golden.digits;
  return {
    classes,
    yTrue: Int32Array.from(Array.from(yTrue), Number),
    yPred: Int32Array.from(Array.from(yPred), Number),
    yScore: yScore.map((scores) => Float64Array.from(scores, (score) => score / 1e7)),
  };
}

export function partOf(rows: ClassifierRows, start: number, end: number): ClassifierRows {
  return {
    classes: rows.classes,
    yTrue: rows.yTrue?.subarray(start, end) ?? null,
    yPred: rows.yPred.subarray(start, end),
    yScore: rows.yScore.map((scores) => scores.subarray(start, end)),
  };
}
