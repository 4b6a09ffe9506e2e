import type { FeatureBins } from "./feature-bins";
import type { Losses, LossSums } from "./loss-sums";

/** A range of bins of each of up to three features. */
export interface Box {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
  fromC: number;
  toC: number;
}

/**
 * Sums of losses in the bins of three features together, added up along each, so that those of any box are eight of
 * them: one pass over the rows answers for every slice of these features.
 *
 * @see Gray and others 1997, "Data cube"; Ho, Agrawal, Megiddo and Srikant 1997, "Range queries in OLAP data cubes"
 */
export class LossCube {
  readonly rows: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly strideA: number;
  readonly strideB: number;

  constructor(losses: Losses, a: FeatureBins, b: FeatureBins, c: FeatureBins) {
    this.strideB = c.bins + 1;
    this.strideA = (b.bins + 1) * this.strideB;
    const cells = (a.bins + 1) * this.strideA;
    this.rows = new Float64Array(cells);
    this.sum = new Float64Array(cells);
    this.squares = new Float64Array(cells);
    this.count(losses, a.binOf, b.binOf, c.binOf);
    for (const cube of losses.binary ? [this.rows, this.sum] : [this.rows, this.sum, this.squares])
      this.addUp(cube);
    if (losses.binary) this.squares.set(this.sum);
  }

  private count(losses: Losses, a: Uint8Array, b: Uint8Array, c: Uint8Array): void {
    const { values, binary } = losses;
    const { rows, sum, squares, strideA, strideB } = this;
    const first = strideA + strideB + 1;
    for (let i = 0; i < values.length; i++) {
      const cell =
        first + (a[i] as number) * strideA + (b[i] as number) * strideB + (c[i] as number);
      const loss = values[i] as number;
      (rows[cell] as number)++;
      (sum[cell] as number) += loss;
      if (!binary) (squares[cell] as number) += loss * loss;
    }
  }

  private addUp(cube: Float64Array): void {
    for (const stride of [1, this.strideB, this.strideA]) {
      // The first cells of each line are empty, so that a line takes nothing from the one before it.
      for (let i = stride; i < cube.length; i++)
        (cube[i] as number) += this.before(cube, i, stride);
    }
  }

  private before(cube: Float64Array, cell: number, stride: number): number {
    const place =
      stride === 1
        ? cell % this.strideB
        : stride === this.strideB
          ? Math.floor((cell % this.strideA) / this.strideB)
          : Math.floor(cell / this.strideA);
    return place === 0 ? 0 : (cube[cell - stride] as number);
  }

  sums(box: Box): LossSums {
    return {
      rows: this.total(this.rows, box),
      sum: this.total(this.sum, box),
      squares: this.total(this.squares, box),
    };
  }

  private total(cube: Float64Array, { fromA, toA, fromB, toB, fromC, toC }: Box): number {
    const { strideA, strideB } = this;
    const line = (a: number, b: number) => {
      const at = a * strideA + b * strideB;
      return (cube[at + toC] as number) - (cube[at + fromC] as number);
    };
    return line(toA, toB) - line(fromA, toB) - line(toA, fromB) + line(fromA, fromB);
  }
}
