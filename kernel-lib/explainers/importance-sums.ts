import { studentQuantile } from "../stats/student-quantile";
import type { ColumnImportance } from "../explain/explanation-report";

/** Mean |SHAP value| of each output and column over rows that come in blocks: no block is kept. */
export class ImportanceSums {
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private rows = 0;

  constructor(
    private readonly outputs: number,
    private readonly columns: readonly string[],
  ) {
    this.means = new Float64Array(outputs * columns.length);
    this.squares = new Float64Array(this.means.length);
  }

  /** @param shapValues rows × outputs × columns */
  add(shapValues: Float64Array): void {
    const { means, squares } = this;
    const size = means.length;
    for (let start = 0; start < shapValues.length; start += size) {
      this.rows++;
      for (let i = 0; i < size; i++) {
        const value = Math.abs(Number(shapValues[start + i]));
        const delta = value - Number(means[i]);
        means[i] = Number(means[i]) + delta / this.rows;
        squares[i] = Number(squares[i]) + delta * (value - Number(means[i]));
      }
    }
  }

  /** By output, then by column, with 95 % intervals of Student's as `explanationImportance` has them. */
  importance(): ColumnImportance[][] {
    const n = this.rows;
    const quantile = n < 2 ? 0 : studentQuantile(0.975, n - 1);
    return Array.from({ length: this.outputs }, (_, o) =>
      this.columns.map((column, c) => {
        const i = o * this.columns.length + c;
        const value = Number(this.means[i]);
        const half = n < 2 ? 0 : quantile * Math.sqrt(Number(this.squares[i]) / (n - 1) / n);
        return { column, value, lower: Math.max(0, value - half), upper: value + half };
      }),
    );
  }
}
