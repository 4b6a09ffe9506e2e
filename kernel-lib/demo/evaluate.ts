import { accuracy, AssayerError, logLoss, openSession, rocAuc } from "../index";
import type { Split } from "./split";

export interface Evaluation {
  yPred: number[];
  yScore: number[];
  metrics: { accuracy: number; auc: number; log_loss: number };
}

/** What ONNX Runtime says of a split, and how good that is. */
export async function evaluate(onnx: Uint8Array, split: Split): Promise<Evaluation> {
  const session = await openSession(onnx);
  try {
    const outputs = await session.predict(split.rows);
    const scores = outputs.find(({ name }) => name === "probabilities")?.data ?? [];
    const yScore = split.rows.map((_, row) => Number(scores[row * 2 + 1]));
    const yPred = yScore.map((score) => (score > 0.5 ? 1 : 0));
    const { labels } = split;
    return {
      yPred,
      yScore,
      metrics: {
        accuracy: accuracy(labels, yPred),
        auc: rocAuc(labels, yScore),
        log_loss: logLoss(labels, yScore),
      },
    };
  } finally {
    await session.close();
  }
}

/** Asserts that ONNX Runtime and the trainer agree on every row. */
export function requireAgreement(
  onnxLabels: readonly number[],
  trainerLabels: readonly number[],
): void {
  const differing = onnxLabels.filter((label, row) => label !== trainerLabels[row]).length;
  if (differing > 0)
    throw new AssayerError(
      "invalid-model",
      `the demo requires that ONNX Runtime and the trainer agree; got ${differing} rows that differ`,
    );
}
