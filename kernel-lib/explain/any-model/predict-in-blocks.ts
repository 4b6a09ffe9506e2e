import { AssayerError } from "../../errors";
import type { PredictRows } from "../explanation";

/** A model with what its answers are known to be, and how often it was asked. */
export interface AskedModel {
  caller: string;
  predict: PredictRows;
  /** Features of a row. */
  width: number;
  /** Outputs of the model; 0 until it first answered. */
  outputs: number;
  /** Rows predicted so far. */
  evaluations: number;
  signal?: AbortSignal | undefined;
  /** Rows on their way to the model; kept, since memory outside of the heap is slow to come by. */
  block?: Float64Array;
}

/** Numbers of a block, at most: 4 MB, which stays in a processor's cache with what a model makes of it. */
const blockNumbers = 1 << 19;

/**
 * Predicts rows that are made as they are needed, so that only a block of them is in memory at a time.
 *
 * @param total rows
 * @param write called for each row in turn, writes it into `target` from `offset` on
 * @returns total × outputs
 * @throws AssayerError "invalid-argument" for a model whose answers are not finite or change their number
 */
export async function predictInBlocks(
  model: AskedModel,
  total: number,
  write: (row: number, target: Float64Array, offset: number) => void,
): Promise<Float64Array> {
  const { width } = model;
  const size = Math.min(total, Math.max(1, Math.floor(blockNumbers / width)));
  if (!model.block || model.block.length < size * width)
    model.block = new Float64Array(size * width);
  const { block } = model;
  let answers = new Float64Array(total * model.outputs);
  for (let start = 0; start < total; start += size) {
    model.signal?.throwIfAborted();
    const count = Math.min(size, total - start);
    for (let row = 0; row < count; row++) write(start + row, block, row * width);
    const part = await model.predict(block.subarray(0, count * width), count);
    if (model.outputs === 0 && part.length > 0 && part.length % count === 0) {
      model.outputs = part.length / count;
      answers = new Float64Array(total * model.outputs);
    }
    requireAnswers(model, part, count);
    answers.set(part, start * model.outputs);
    model.evaluations += count;
  }
  return answers;
}

function requireAnswers(
  { caller, outputs }: AskedModel,
  answers: Float64Array,
  count: number,
): void {
  if (answers.length !== count * outputs || outputs === 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a model that gives ${outputs || "1 or more"} numbers for each row; got ${answers.length} for ${count} rows`,
    );
  for (const answer of answers)
    if (!Number.isFinite(answer))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires a model whose answers are finite; got ${answer}`,
      );
}
