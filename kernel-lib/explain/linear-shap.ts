import { AssayerError } from "../errors";

/**
 * SHAP values of a linear model whose features are taken as independent:
 * coefficient × (value − mean). Exact; a row's values sum to its output minus `baseValue`.
 *
 * @param rows n × p
 * @param model.coefficients p, in units of the output for one unit of the feature
 * @param model.mean p, of the background the base value is expected over
 * @returns n × p row-major in the output's unit, before any link function
 * @throws AssayerError "invalid-argument" for a row of another length than p
 * @see Lundberg and Lee 2017, corollary 1
 * @example linearShap([[3, 1]], { coefficients: [2, 5], intercept: 1, mean: [1, 1] }).shapValues // [4, 0]
 */
export function linearShap(
  rows: readonly ArrayLike<number>[],
  model: { coefficients: readonly number[]; intercept: number; mean: readonly number[] },
): { shapValues: Float64Array; baseValue: number } {
  const { coefficients, intercept, mean } = model;
  const width = coefficients.length;
  const shapValues = new Float64Array(rows.length * width);
  rows.forEach((row, r) => {
    if (row.length !== width)
      throw new AssayerError(
        "invalid-argument",
        `linearShap requires rows of ${width} values; got ${row.length}`,
      );
    for (let c = 0; c < width; c++)
      shapValues[r * width + c] = (coefficients[c] ?? 0) * (Number(row[c]) - (mean[c] ?? 0));
  });
  const baseValue = coefficients.reduce((sum, each, c) => sum + each * (mean[c] ?? 0), intercept);
  return { shapValues, baseValue };
}
