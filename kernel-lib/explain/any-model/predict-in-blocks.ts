import { AssayerError } from "../../errors";
import type { PredictRows } from "../explanation";

/** Answers to rows of a model that takes float32: `predict`'s to the same rows rounded. */
export type PredictFloat32 = (rows: Float32Array, count: number) => Promise<Float64Array>;

/** Rows on their way to a model, as it takes them. */
export type RowBlock = Float64Array | Float32Array;

/** A model with what its answers are known to be, and how often it was asked. */
export interface AskedModel {
  caller: string;
  predict: PredictRows;
  /** In place of `predict`, for a model that takes float32: rows are written as it takes them. */
  predictFloat32?: PredictFloat32 | undefined;
  /** Features of a row. */
  width: number;
  /** Outputs of the model; 0 until it first answered. */
  outputs: number;
  /** Rows predicted so far. */
  evaluations: number;
  signal?: AbortSignal | undefined;
  /** Rows on their way to the model; kept, since memory outside of the heap is slow to come by. */
  block?: RowBlock;
}

/**
 * Numbers of a block, at most: 0.5 MB, so that rows and what a model makes of them stay in a core's own cache. ONNX
 * Runtime takes half the time for a row of a network in blocks of 2000 that it takes in blocks of 17,000.
 */
const blockNumbers = 1 << 16;

/** How many rows a block has. */
export function blockRows({ width }: Pick<AskedModel, "width">): number {
  return Math.max(1, Math.floor(blockNumbers / width));
}

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
  write: (row: number, target: RowBlock, offset: number) => void,
): Promise<Float64Array> {
  const { width } = model;
  const size = Math.min(total, blockRows(model));
  let answers: Float64Array | undefined;
  for (let start = 0; start < total; start += size) {
    const count = Math.min(size, total - start);
    const part = await predictBlock(model, count, (block) => {
      for (let row = 0; row < count; row++) write(start + row, block, row * width);
    });
    answers ??= new Float64Array(total * model.outputs);
    answers.set(part, start * model.outputs);
  }
  return answers ?? new Float64Array(0);
}

/**
 * Predicts the rows of one block.
 *
 * @param count rows, at most `blockRows`
 * @param write writes them all
 * @returns count × outputs
 * @throws AssayerError "invalid-argument" as `predictInBlocks`
 */
export async function predictBlock(
  model: AskedModel,
  count: number,
  write: (block: RowBlock) => void,
): Promise<Float64Array> {
  model.signal?.throwIfAborted();
  const numbers = count * model.width;
  const { predict, predictFloat32 } = model;
  const answers = predictFloat32
    ? await predictFloat32(written(model, Float32Array, numbers, write), count)
    : await predict(written(model, Float64Array, numbers, write), count);
  if (model.outputs === 0 && answers.length > 0 && answers.length % count === 0)
    model.outputs = answers.length / count;
  requireAnswers(model, answers, count);
  model.evaluations += count;
  return answers;
}

/** The numbers written into the model's block, which is made where it is none of that type and size. */
function written<T extends RowBlock>(
  model: AskedModel,
  type: new (numbers: number) => T,
  numbers: number,
  write: (block: RowBlock) => void,
): T {
  const kept = model.block;
  const block = kept instanceof type && kept.length >= numbers ? kept : new type(numbers);
  model.block = block;
  write(block);
  return block.subarray(0, numbers) as T;
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
  for (let i = 0; i < answers.length; i++)
    if (!Number.isFinite(answers[i]))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires a model whose answers are finite; got ${answers[i]}`,
      );
}
