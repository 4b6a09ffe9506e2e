import { AssayerError } from "../../../errors";
import { BestResponses, type Predictor } from "./best-responses";
import type { Moments } from "./moments";
import { reduction, type ReductionOptions } from "./exponentiated-gradient";

export interface GridSearchOptions<Row> extends ReductionOptions<Row> {
  /** Models that are trained, default 10. */
  gridSize?: number;
  /** The largest sum of multipliers, default 2. */
  gridLimit?: number;
  /** How much the violation counts against the error when one model is picked, 0 to 1; default 0.5. */
  constraintWeight?: number;
}

export interface GridSearch<Row> {
  models: {
    predict: Predictor<Row>;
    /** Share of wrong answers, or their cost, or the mean loss. */
    error: number;
    /** The largest of the constraint's parts. */
    violation: number;
  }[];
  /** Position of the model that is picked. */
  best: number;
}

/**
 * One model in place of a draw: models are trained under multipliers from a grid, and the one with the least weighted
 * sum of error and violation is picked. For two or three groups; the grid grows thin with more. Not for `boundedGroupLoss`.
 *
 * @throws AssayerError "invalid-argument" as `exponentiatedGradient`
 * @see Agarwal et al. 2018, section 3.4; Fairlearn 0.15, `GridSearch`
 */
export async function gridSearch<Row>(options: GridSearchOptions<Row>): Promise<GridSearch<Row>> {
  const caller = "gridSearch";
  const { gridSize = 10, gridLimit = 2, constraintWeight = 0.5 } = options;
  if (!(Number.isInteger(gridSize) && gridSize >= 2 && gridLimit > 0))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a gridSize of 2 or more and a gridLimit above 0; got ${gridSize} and ${gridLimit}`,
    );
  if (!(constraintWeight >= 0 && constraintWeight <= 1))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a constraintWeight from 0 to 1; got ${constraintWeight}`,
    );
  if (options.constraint === "boundedGroupLoss")
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a constraint on rates; got boundedGroupLoss`,
    );
  const { yTrue, moments } = reduction(caller, options);
  if (moments.basis.length === 0)
    throw new AssayerError("invalid-argument", `${caller} requires two groups or more; got one`);
  const trained = new BestResponses(caller, options.rows, yTrue, moments, options.fit, gridLimit);
  const models: GridSearch<Row>["models"] = [];
  let best = 0;
  let least = Infinity;
  for (const multipliers of multipliersOf(moments, gridSize, gridLimit)) {
    const { predict, error, violations } = await trained.respond(multipliers);
    const violation = Math.max(...violations);
    const loss = (1 - constraintWeight) * error + constraintWeight * violation;
    if (loss < least) [least, best] = [loss, models.length];
    models.push({ predict, error, violation });
  }
  return { models, best };
}

/** Whole numbers whose sizes sum to no more than some unit, as many as are wanted, scaled so that the unit is the limit. */
function multipliersOf({ basis, names }: Moments, size: number, limit: number): Float64Array[] {
  const dimensions = basis.length;
  let units = Math.max(0, Math.floor((size / 2 ** dimensions) ** (1 / dimensions) - 1));
  let points = wholePoints(dimensions, units);
  while (points.length < size) points = wholePoints(dimensions, ++units);
  return points.slice(0, size).map((point) => {
    const multipliers = new Float64Array(names.length);
    for (const [i, { above, below }] of basis.entries()) {
      const value = ((point[i] as number) * limit) / units;
      multipliers[value > 0 ? above : below] = Math.abs(value);
    }
    return multipliers;
  });
}

function wholePoints(dimensions: number, units: number): number[][] {
  if (dimensions === 0) return [[]];
  return Array.from({ length: 2 * units + 1 }, (_, i) => i - units).flatMap((value) =>
    wholePoints(dimensions - 1, units - Math.abs(value)).map((rest) => [value, ...rest]),
  );
}
