/** How far a leaf may be split, and how its output is held back. */
export interface SplitLimits {
  /** Fewest rows of a leaf. */
  minLeafRows: number;
}

/** The rows of a leaf: sums of the loss's first and second derivative, and their number. */
export interface LeafSums {
  gradient: number;
  hessian: number;
  rows: number;
}

export interface Split {
  feature: number;
  gain: number;
  /** 1 for each bin whose rows go left. */
  left: Uint8Array;
  leftSums: LeafSums;
  /** Added to the hessian in the outputs of both leaves. */
  regularization: number;
}

const minHessian = 1e-3;
/** As LightGBM: `cat_smooth`, `cat_l2`, `max_cat_to_onehot`, `max_cat_threshold`, `min_data_per_group`. */
const categories = { smooth: 10, l2: 10, oneByOne: 4, most: 32, groupRows: 100 };

/**
 * The best split of a leaf by one feature, from the histogram of its rows: pairs of gradient and hessian of each bin.
 * Numbers split at a bound, what is missing goes to the side where it gains more; categories split into two sets, by
 * their order of gradient.
 *
 * @see Ke and others 2017, "LightGBM"; Fisher 1958 for the order of categories; LightGBM's documentation, "Parameters"
 */
export function bestSplit(
  histogram: Float64Array,
  offset: number,
  bins: number,
  leaf: LeafSums,
  options: SplitLimits & { feature: number; categorical: boolean },
): Split | undefined {
  const scan = new Scan(histogram, offset, bins, leaf, options);
  if (!options.categorical) return scan.number();
  return bins <= categories.oneByOne + 1 ? scan.oneCategory() : scan.categorySet();
}

class Scan {
  private best: Split | undefined;
  /** Rows for each unit of hessian: the histogram does not count. */
  private readonly rowsPerHessian: number;

  constructor(
    private readonly histogram: Float64Array,
    private readonly offset: number,
    private readonly bins: number,
    private readonly leaf: LeafSums,
    private readonly options: SplitLimits & { feature: number },
  ) {
    this.rowsPerHessian = leaf.rows / leaf.hessian;
  }

  /** Written out, since most of the time that trees take beside their histograms goes here. */
  number(): Split | undefined {
    const { histogram, offset, rowsPerHessian, leaf } = this;
    const missing = this.bins - 1;
    const missingHessian = this.hessian(missing);
    const least = Math.max(minHessian, (this.options.minLeafRows - 0.5) / rowsPerHessian);
    const whole = (leaf.gradient * leaf.gradient) / leaf.hessian;
    const best = { gain: 0, bin: -1, gradient: 0, hessian: 0, missingLeft: false };
    for (const missingLeft of missingHessian > 0 ? [false, true] : [false]) {
      let gradient = missingLeft ? this.gradient(missing) : 0;
      let hessian = missingLeft ? missingHessian : 0;
      // All values against what is missing is a split too, and not twice.
      const last = missingLeft || missingHessian === 0 ? missing - 1 : missing;
      for (let bin = 0; bin < last; bin++) {
        gradient += histogram[offset + 2 * bin] ?? 0;
        hessian += histogram[offset + 2 * bin + 1] ?? 0;
        if (hessian < least) continue;
        const rest = leaf.hessian - hessian;
        if (rest < least) break;
        const other = leaf.gradient - gradient;
        const gain = (gradient * gradient) / hessian + (other * other) / rest - whole;
        if (gain > best.gain) {
          best.gain = gain;
          best.bin = bin;
          best.gradient = gradient;
          best.hessian = hessian;
          best.missingLeft = missingLeft;
        }
      }
    }
    if (best.bin < 0) return undefined;
    const left = new Uint8Array(256);
    left.fill(1, 0, best.bin + 1);
    // Rows without a value that come later, when none did while learning, go with the more.
    const moreLeft = best.hessian * 2 > leaf.hessian;
    left[missing] = Number(missingHessian > 0 ? best.missingLeft : moreLeft);
    this.keep(left, best.gain, best.gradient, best.hessian, 0);
    return this.best;
  }

  /** One category against the rest. */
  oneCategory(): Split | undefined {
    for (let bin = 0; bin < this.bins - 1; bin++) {
      const gain = this.gain(this.gradient(bin), this.hessian(bin), 0);
      if (gain <= (this.best?.gain ?? 0)) continue;
      const left = new Uint8Array(256);
      left[bin] = 1;
      this.keep(left, gain, this.gradient(bin), this.hessian(bin), 0);
    }
    return this.best;
  }

  /** The first categories in the order of their mean gradient, from either end, against the rest. */
  categorySet(): Split | undefined {
    const { rowsPerHessian, bins } = this;
    const order = Array.from({ length: bins - 1 }, (_, bin) => bin)
      .filter((bin) => this.hessian(bin) * rowsPerHessian >= categories.smooth)
      .map((bin) => ({
        bin,
        mean: this.gradient(bin) / (this.hessian(bin) + categories.smooth),
      }))
      .sort((a, b) => a.mean - b.mean || a.bin - b.bin)
      .map(({ bin }) => bin);
    const most = Math.min(categories.most, (order.length + 1) >> 1);
    for (const ordered of [order, [...order].reverse()]) {
      let gradient = 0;
      let hessian = 0;
      let grouped = 0;
      for (const [i, bin] of ordered.slice(0, most).entries()) {
        gradient += this.gradient(bin);
        hessian += this.hessian(bin);
        grouped += this.hessian(bin) * rowsPerHessian;
        const rest = (this.leaf.hessian - hessian) * rowsPerHessian;
        if (rest < categories.groupRows) break;
        if (grouped < categories.groupRows) continue;
        const gain = this.gain(gradient, hessian, categories.l2);
        if (Number.isFinite(gain)) grouped = 0;
        if (gain <= (this.best?.gain ?? 0)) continue;
        const left = new Uint8Array(256);
        for (const each of ordered.slice(0, i + 1)) left[each] = 1;
        this.keep(left, gain, gradient, hessian, categories.l2);
      }
    }
    return this.best;
  }

  private gradient(bin: number): number {
    return this.histogram[this.offset + 2 * bin] ?? 0;
  }

  private hessian(bin: number): number {
    return this.histogram[this.offset + 2 * bin + 1] ?? 0;
  }

  /** How much the loss falls, doubled; -∞ when a side is too small. */
  private gain(gradient: number, hessian: number, l2: number): number {
    const { leaf, rowsPerHessian } = this;
    const rest = leaf.hessian - hessian;
    // Counts are rounded as LightGBM does, which keeps none itself.
    const rows = Math.round(hessian * rowsPerHessian);
    const { minLeafRows } = this.options;
    if (rows < minLeafRows || leaf.rows - rows < minLeafRows) return -Infinity;
    if (hessian < minHessian || rest < minHessian) return -Infinity;
    const other = leaf.gradient - gradient;
    return (
      (gradient * gradient) / (hessian + l2) +
      (other * other) / (rest + l2) -
      (leaf.gradient * leaf.gradient) / leaf.hessian
    );
  }

  private keep(
    left: Uint8Array,
    gain: number,
    gradient: number,
    hessian: number,
    regularization: number,
  ): void {
    const rows = Math.round(hessian * this.rowsPerHessian);
    const leftSums = { gradient, hessian, rows };
    this.best = { feature: this.options.feature, gain, left, leftSums, regularization };
  }
}
