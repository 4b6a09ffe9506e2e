import { AssayerError } from "../errors";
import type { ClassLabels } from "./graph";
import { linearClassifier, type Standardization } from "./write-linear";

/** A trained LogisticRegression of ml-logistic-regression, or what its `toJSON()` gave. */
export type MlLogisticRegressionModel = object;

export interface MlLogisticRegressionOptions {
  /** Labels of the classes, default 0, 1, … */
  classes?: ClassLabels;
  /**
   * The column of ones that the trainer was given because it has no intercept of its own. The ONNX
   * model has an intercept instead, and no such column in its input.
   */
  interceptColumn?: number;
  /** Mean and standard deviation that the other columns were standardized with before training. */
  standardization?: Standardization;
}

/**
 * Writes a model of ml-logistic-regression as an ONNX file with outputs `label` and `probabilities`.
 *
 * The trainer fits one logistic regression a class, without an intercept, with that class as 0 and
 * all others as 1, and predicts the class whose score is lowest. So a class's probability is the
 * logistic function of the negated weights; they are divided by their sum, as scikit-learn does
 * for one-vs-rest.
 *
 * @throws AssayerError "invalid-argument" if it is no trained model of that package
 * @example mlLogisticRegressionToOnnx(model, { interceptColumn: 0, standardization: { mean, standardDeviation } })
 */
export function mlLogisticRegressionToOnnx(
  model: MlLogisticRegressionModel,
  options: MlLogisticRegressionOptions = {},
): Uint8Array {
  const weights = readWeights(JSON.parse(JSON.stringify(model)));
  const { interceptColumn, standardization, classes } = options;
  const columns = weights[0]?.length ?? 0;
  if (interceptColumn !== undefined && !(interceptColumn in (weights[0] ?? []))) {
    throw new AssayerError(
      "invalid-argument",
      `mlLogisticRegressionToOnnx requires an intercept column from 0 to ${columns - 1}; got ${interceptColumn}`,
    );
  }
  return linearClassifier(
    weights.map((row) => row.filter((_, column) => column !== interceptColumn).map((w) => -w)),
    {
      probabilities: "one-vs-rest",
      intercept: weights.map((row) =>
        interceptColumn === undefined ? 0 : -(row[interceptColumn] ?? 0),
      ),
      ...(standardization === undefined ? {} : { standardization }),
      ...(classes === undefined ? {} : { classes }),
    },
  );
}

/** Classes × columns. */
function readWeights(model: unknown): number[][] {
  const { name, classifiers } = (model ?? {}) as { name?: unknown; classifiers?: unknown };
  if (name === "LogisticRegression" && Array.isArray(classifiers) && classifiers.length > 0) {
    const rows = classifiers.map((classifier: unknown) => {
      const { weights } = (classifier ?? {}) as { weights?: unknown };
      const values: unknown[] = [weights].flat(2);
      return values.filter((weight) => typeof weight === "number");
    });
    if (rows.every((row) => row.length > 0)) return rows;
  }
  throw new AssayerError(
    "invalid-argument",
    `mlLogisticRegressionToOnnx requires a trained LogisticRegression of ml-logistic-regression; got ${typeof name === "string" ? name : typeof model}`,
  );
}
