import { AssayerError } from "../../errors";
import type { RowMatrix } from "../row-matrix";
import { CoalitionMeans } from "./coalition-means";
import { explainRows, type RowResult, type RowTask } from "./explain-rows";
import { coalitionPairs } from "./kernel-coalitions";
import { fitKernel, selectPlayers, type KernelFit } from "./kernel-fit";
import { boundedLink, linkOf, type Link } from "./link";
import {
  differingPlayers,
  type AnyModelOptions,
  type AnyModelShap,
  type StopOptions,
} from "./masked-model";

export interface KernelShapOptions extends AnyModelOptions, StopOptions {
  /** What is explained is a probability's log-odds where this is "logit". Default "identity". */
  link?: Link;
  /**
   * Columns that get a value, at most: those that least angle regression takes in first, as shap's
   * `l1_reg="num_features(k)"`. The others' part goes to them, and standard errors do not count the choice. Default:
   * all.
   */
  numFeatures?: number;
}

/**
 * SHAP values of any model by Kernel SHAP: a weighted regression on the mean predictions of coalitions of columns,
 * each against all of the background. Coalitions are laid out as shap does: small sizes and their complements are
 * enumerated, the rest is drawn in pairs.
 *
 * `permutationShap` reaches the same error with fewer predictions on most models; this is the method to compare with
 * others that are Kernel SHAP.
 *
 * @param data n ≥ 1 rows of numbers, as `predict` takes them
 * @param options.maxEvaluations default (2 × columns + 2048) for each row of the background, as shap's nsamples; at
 *   least 2 × columns
 * @throws AssayerError "invalid-argument" for rows, weights or columns that do not fit, too few evaluations, and
 *   answers that are not finite
 * @see Lundberg and Lee 2017; shap's KernelExplainer
 */
export async function kernelShap(
  data: RowMatrix,
  options: KernelShapOptions,
): Promise<AnyModelShap> {
  const link = linkOf("kernelShap", options.link);
  const result = await explainRows(
    "kernelShap",
    data,
    options,
    (task) => explainRow(task, link, options),
    ({ players, background }) => {
      if (options.numFeatures !== undefined && !(options.numFeatures >= 1))
        throw new AssayerError(
          "invalid-argument",
          `kernelShap requires numFeatures of 1 or more; got ${options.numFeatures}`,
        );
      const fewest = 2 * players * background.count;
      if (options.maxEvaluations !== undefined && options.maxEvaluations < fewest)
        throw new AssayerError(
          "invalid-argument",
          `kernelShap requires maxEvaluations of ${fewest} or more: 2 for each of ${players} columns and ${background.count} background rows; got ${options.maxEvaluations}`,
        );
    },
    boundedLink(options.link),
  );
  return {
    ...result,
    baseValue: result.baseValue.map(link),
    predictions: result.predictions.map(link),
  };
}

async function explainRow(
  task: RowTask,
  link: (value: number) => number,
  { maxEvaluations, numFeatures = Infinity }: KernelShapOptions,
): Promise<RowResult> {
  const { model, row, prediction } = task;
  const { outputs, players, background, baseValue } = model;
  const differing = Array.from({ length: background.count }, (_, b) =>
    differingPlayers(model, row, b),
  );
  const varying = [...new Set(differing.flat())].sort((a, b) => a - b);
  const result: RowResult = {
    shapValues: new Float64Array(outputs * players),
    standardError: new Float64Array(outputs * players),
  };
  const totals = Array.from(prediction, (answer, k) => link(answer) - link(baseValue[k] as number));
  if (varying.length < 2) {
    if (varying.length === 1)
      totals.forEach(
        (total, k) => (result.shapValues[k * players + (varying[0] as number)] = total),
      );
    return result;
  }
  const usual = 2 * varying.length + 2048;
  const coalitions =
    maxEvaluations === undefined
      ? usual
      : Math.max(2 * varying.length, Math.floor(maxEvaluations / background.count));
  // A larger budget is for more draws, which end when they are enough; enumerating more would have no such end.
  const pairs = coalitionPairs(varying.length, Math.min(coalitions, usual));
  const means = new CoalitionMeans(task, varying, differing);
  const halves: number[][] = Array.from({ length: outputs }, () => []);
  const most = Math.floor(coalitions / 2);
  const fit = () => {
    const fits =
      numFeatures < varying.length
        ? totals.map((total, k) => {
            const own = halves[k] as number[];
            const used = selectPlayers(pairs, own, total, numFeatures);
            return fitKernel(pairs, [own], [total], used)[0] as KernelFit;
          })
        : fitKernel(pairs, halves, totals);
    fits.forEach(({ shapValues, standardError }, k) => {
      varying.forEach((player, i) => {
        result.shapValues[k * players + player] = shapValues[i] as number;
        result.standardError[k * players + player] = standardError[i] as number;
      });
    });
    return result;
  };
  for (;;) {
    const from = (halves[0] as number[]).length;
    const values = await means.ofPairs(pairs.on.slice(from));
    for (let i = 0; i < pairs.on.length - from; i++)
      for (let k = 0; k < outputs; k++)
        (halves[k] as number[]).push(
          (link(values[2 * i * outputs + k] as number) -
            link(values[(2 * i + 1) * outputs + k] as number)) /
            2,
        );
    const drawn = pairs.on.length - pairs.enumerated;
    if (pairs.weightLeft === 0) return fit();
    // With enumerated pairs alone there is no spread to tell an error by.
    const judged = drawn > 0 && task.hasTolerance;
    if (judged && task.accurate(fit().standardError)) return result;
    if (drawn > 0 && task.late()) return judged ? result : fit();
    const wanted = Math.min(most - pairs.on.length, Math.max(2 * varying.length, 64, drawn >> 1));
    const before = pairs.on.length;
    // A pair that was drawn before adds nothing to ask the model; when no other comes up, these are all.
    if (wanted > 0 || drawn === 0) pairs.draw(Math.max(1, wanted), task.random);
    if (pairs.on.length === before) return judged ? result : fit();
  }
}
