import { AssayerError } from "../../errors";
import type { RowMatrix } from "../row-matrix";
import { explainRows, type RowResult, type RowTask } from "./explain-rows";
import {
  differingPlayers,
  type AnyModelOptions,
  type AnyModelShap,
  type MaskedModel,
} from "./masked-model";
import { linkOf, type Link } from "./link";
import { predictInBlocks } from "./predict-in-blocks";

const mostColumns = 15;

/**
 * Exact SHAP values of any model with at most 15 columns: every coalition of columns against every row of the
 * background. A row of the background is asked about the columns alone in which it differs from the explained one, so
 * that 2^p predictions for each are the most.
 *
 * @param data n ≥ 1 rows of numbers, as `predict` takes them
 * @param options.link what is explained is a probability's log-odds where this is "logit": of the mean probability, as
 *   shap has it. Default "identity"
 * @throws AssayerError "invalid-argument" for more than 15 columns, rows or weights that do not fit, and answers that
 *   are not finite
 * @see Lundberg and Lee 2017, equation 8; shap's ExactExplainer with maskers.Independent
 */
export async function exactShap(
  data: RowMatrix,
  options: AnyModelOptions & { link?: Link },
): Promise<AnyModelShap> {
  const link = linkOf("exactShap", options.link);
  const explain = async (task: RowTask) => {
    const values = await coalitionValues(task);
    return shapleyValues(task.model, values.map(link));
  };
  const result = await explainRows("exactShap", data, options, explain, ({ players }) => {
    if (players > mostColumns)
      throw new AssayerError(
        "invalid-argument",
        `exactShap requires ${mostColumns} columns or fewer; got ${players} (permutationShap takes any number)`,
      );
  });
  return {
    ...result,
    baseValue: result.baseValue.map(link),
    predictions: result.predictions.map(link),
  };
}

/** The mean prediction with the columns of a coalition (bit p for player p) switched on: 2^p × outputs. */
async function coalitionValues({ model, row, prediction }: RowTask): Promise<Float64Array> {
  const { players, outputs, width, background, shares, backgroundAnswers, featuresOf } = model;
  const values = new Float64Array(outputs << players);
  for (let b = 0; b < background.count; b++) {
    const differing = differingPlayers(model, row, b);
    const all = (1 << differing.length) - 1;
    const answers = await predictInBlocks(model, Math.max(0, all - 1), (i, target, offset) => {
      for (let f = 0; f < width; f++) target[offset + f] = background.rows[b * width + f] as number;
      for (let bit = 0; bit < differing.length; bit++)
        if (((i + 1) >> bit) & 1)
          for (const f of featuresOf[differing[bit] as number] as Int32Array)
            target[offset + f] = row[f] as number;
    });
    for (let coalition = 0; coalition < 1 << players; coalition++) {
      let own = 0;
      for (let bit = 0; bit < differing.length; bit++)
        own |= ((coalition >> (differing[bit] as number)) & 1) << bit;
      for (let k = 0; k < outputs; k++) {
        const answer =
          own === 0
            ? backgroundAnswers[b * outputs + k]
            : own === all
              ? prediction[k]
              : answers[(own - 1) * outputs + k];
        values[coalition * outputs + k] =
          (values[coalition * outputs + k] as number) + (shares[b] as number) * (answer as number);
      }
    }
  }
  return values;
}

function shapleyValues({ players, outputs }: MaskedModel, values: Float64Array): RowResult {
  const shapValues = new Float64Array(outputs * players);
  // Of the orders of all players, the share in which those of a coalition of each size come first, then one more.
  const weights = [1 / players];
  for (let size = 1; size < players; size++)
    weights.push(((weights[size - 1] as number) * size) / (players - size));
  for (let coalition = 0; coalition < 1 << players; coalition++) {
    let size = 0;
    for (let bits = coalition; bits > 0; bits &= bits - 1) size++;
    for (let player = 0; player < players; player++) {
      if ((coalition >> player) & 1) continue;
      const weight = weights[size] as number;
      const joined = coalition | (1 << player);
      for (let k = 0; k < outputs; k++)
        shapValues[k * players + player] =
          (shapValues[k * players + player] as number) +
          weight *
            ((values[joined * outputs + k] as number) -
              (values[coalition * outputs + k] as number));
    }
  }
  return { shapValues, standardError: new Float64Array(shapValues.length) };
}
