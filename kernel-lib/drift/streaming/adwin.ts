import { readSaved, requireFinite, requireOption } from "./check";
import type { SavedDetector, StreamingDetector } from "./detector";

export interface AdwinOptions {
  /** Level of confidence: the lower, the fewer false alarms. Default 0.002. */
  delta?: number;
  /** Looks for a change at every such value. Default 32. */
  clock?: number;
  /** Buckets of one size that are kept before two become one of double size. Default 5. */
  maxBuckets?: number;
  /** Fewest values of either part of the window. Default 5. */
  minWindowLength?: number;
  /** Values before it looks for a change. Default 10. */
  gracePeriod?: number;
}

const rowsAtFirst = 8;
const shape = {
  driftDetected: "boolean",
  total: "number",
  squares: "number",
  width: "number",
  ticks: "number",
  sizes: "numbers",
  totals: "numbers",
  variances: "numbers",
} as const;

/**
 * Adaptive windowing: keeps a window of the latest values that is as long as its two parts agree in their mean, and
 * alarms when it drops the older part. Memory grows with the logarithm of the window. Defaults and alarms are those of
 * river's `ADWIN`.
 *
 * @see Bifet and Gavaldà 2007, "Learning from time-changing data with adaptive windowing" (ADWIN2)
 * @example const adwin = new Adwin(); for (const delay of delays) if (adwin.update(delay)) console.log(adwin.estimation);
 */
export class Adwin implements StreamingDetector {
  driftDetected = false;
  private total = 0;
  /** Sum of squared deviations from the mean. */
  private squares = 0;
  private values = 0;
  private ticks = 0;
  /** Row r holds buckets of 2^r values each, the oldest first; the last row is never empty but at the start. */
  private sizes: number[] = [0];
  private totals: Float64Array;
  private variances: Float64Array;
  private readonly options: Required<AdwinOptions>;
  private readonly rowLength: number;

  /** @throws AssayerError "invalid-argument" for options out of range */
  constructor(options: AdwinOptions = {}) {
    const { delta = 0.002, clock = 32, maxBuckets = 5 } = options;
    const { minWindowLength = 5, gracePeriod = 10 } = options;
    const whole = (least: number, value: number) => Number.isInteger(value) && value >= least;
    requireOption("Adwin", delta > 0 && delta < 1, "delta between 0 and 1", delta);
    requireOption("Adwin", whole(1, clock), "a whole clock ≥ 1", clock);
    requireOption("Adwin", whole(2, maxBuckets), "whole maxBuckets ≥ 2", maxBuckets);
    requireOption("Adwin", whole(1, minWindowLength), "whole minWindowLength ≥ 1", minWindowLength);
    requireOption("Adwin", gracePeriod >= 0, "gracePeriod ≥ 0", gracePeriod);
    this.options = { delta, clock, maxBuckets, minWindowLength, gracePeriod };
    this.rowLength = maxBuckets + 1;
    this.totals = new Float64Array(rowsAtFirst * this.rowLength);
    this.variances = new Float64Array(rowsAtFirst * this.rowLength);
  }

  /** Values in the window. */
  get width(): number {
    return this.values;
  }

  /** Mean of the window; 0 when it is empty. */
  get estimation(): number {
    return this.values === 0 ? 0 : this.total / this.values;
  }

  /** Mean squared deviation of the window; 0 when it is empty. River's `variance` is the sum of these squares. */
  get variance(): number {
    return this.values === 0 ? 0 : this.squares / this.values;
  }

  static fromJSON(saved: unknown): Adwin {
    const { options, state } = readSaved("Adwin.fromJSON", "adwin", saved, shape);
    const adwin = new Adwin(options);
    const { driftDetected, total, squares, width: values, ticks, sizes } = state;
    const cells = sizes.length * adwin.rowLength;
    requireOption(
      "Adwin.fromJSON",
      sizes.length > 0 &&
        sizes.every((size) => Number.isInteger(size) && size >= 0 && size < adwin.rowLength) &&
        state.totals.length === cells &&
        state.variances.length === cells,
      `rows of ${adwin.rowLength} buckets`,
      `${sizes.length} rows, ${state.totals.length} and ${state.variances.length} buckets`,
    );
    Object.assign(adwin, { driftDetected, total, squares, values, ticks, sizes: [...sizes] });
    adwin.totals = Float64Array.from(state.totals);
    adwin.variances = Float64Array.from(state.variances);
    return adwin;
  }

  update(value: number): boolean {
    requireFinite("Adwin.update", value);
    if (this.driftDetected) this.reset();
    this.insert(value);
    this.ticks++;
    if (this.ticks % this.options.clock === 0 && this.values > this.options.gracePeriod)
      while (this.hasCut()) {
        this.dropOldest();
        this.driftDetected = true;
      }
    return this.driftDetected;
  }

  reset(): void {
    this.driftDetected = false;
    this.total = 0;
    this.squares = 0;
    this.values = 0;
    this.ticks = 0;
    this.sizes = [0];
    this.totals.fill(0);
    this.variances.fill(0);
  }

  toJSON(): SavedDetector {
    const { driftDetected, total, squares, values: width, ticks } = this;
    const cells = this.sizes.length * this.rowLength;
    const state = {
      ...{ driftDetected, total, squares, width, ticks, sizes: [...this.sizes] },
      totals: [...this.totals.subarray(0, cells)],
      variances: [...this.variances.subarray(0, cells)],
    };
    return { detector: "adwin", format: 1, options: this.options, state };
  }

  /** Variances are kept as Babcock and others 2003 do for sliding windows. */
  private insert(value: number): void {
    this.push(0, value, 0);
    this.values++;
    if (this.values > 1) {
      const apart = value - this.total / (this.values - 1);
      this.squares += ((this.values - 1) * apart * apart) / this.values;
    }
    this.total += value;
    for (let row = 0; this.sizes[row] === this.rowLength; row++) this.mergeOldest(row);
  }

  private push(row: number, total: number, variance: number): void {
    if (row === this.sizes.length) this.sizes.push(0);
    if ((row + 1) * this.rowLength > this.totals.length) {
      this.totals = doubled(this.totals);
      this.variances = doubled(this.variances);
    }
    const size = this.sizes[row] ?? 0;
    this.totals[row * this.rowLength + size] = total;
    this.variances[row * this.rowLength + size] = variance;
    this.sizes[row] = size + 1;
  }

  private shift(row: number, count: number): void {
    const { totals, variances } = this;
    const start = row * this.rowLength;
    const end = start + (this.sizes[row] ?? 0);
    for (let at = start; at < end; at++) {
      // What is left over is saved too, and must not depend on the past.
      const from = at + count;
      totals[at] = from < end ? (totals[from] ?? 0) : 0;
      variances[at] = from < end ? (variances[from] ?? 0) : 0;
    }
    this.sizes[row] = end - count - start;
  }

  /** Makes one bucket of the next row of the two oldest of a row. */
  private mergeOldest(row: number): void {
    const at = row * this.rowLength;
    const { totals, variances } = this;
    const first = totals[at] ?? 0;
    const second = totals[at + 1] ?? 0;
    const values = 2 ** row;
    const apart = first / values - second / values;
    const variance = (variances[at] ?? 0) + (variances[at + 1] ?? 0) + values * 0.5 * apart * apart;
    this.push(row + 1, first + second, variance);
    this.shift(row, 2);
  }

  private dropOldest(): void {
    const row = this.sizes.length - 1;
    const values = 2 ** row;
    const total = this.totals[row * this.rowLength] ?? 0;
    this.values -= values;
    this.total -= total;
    const apart = total / values - this.total / this.values;
    this.squares -=
      (this.variances[row * this.rowLength] ?? 0) +
      (values * this.values * apart * apart) / (values + this.values);
    this.shift(row, 1);
    if (this.sizes[row] === 0) this.sizes.pop();
  }

  /** Whether the means of an older and a newer part differ by more than chance allows, wherever the window is cut. */
  private hasCut(): boolean {
    const { delta, minWindowLength } = this.options;
    const confidence = Math.log((2 * Math.log(this.values)) / delta);
    const variance = this.squares / this.values;
    let older = 0;
    let newer = this.values;
    let olderTotal = 0;
    let newerTotal = this.total;
    for (let row = this.sizes.length - 1; row >= 0; row--) {
      const values = 2 ** row;
      const size = this.sizes[row] ?? 0;
      for (let k = 0; k < size; k++) {
        if (row === 0 && k === size - 1) return false;
        const total = this.totals[row * this.rowLength + k] ?? 0;
        older += values;
        newer -= values;
        olderTotal += total;
        newerTotal -= total;
        if (older < minWindowLength || newer < minWindowLength) continue;
        const apart = Math.abs(olderTotal / older - newerTotal / newer);
        const reciprocal = 1 / (older - minWindowLength + 1) + 1 / (newer - minWindowLength + 1);
        const allowed =
          Math.sqrt(2 * reciprocal * variance * confidence) + (2 / 3) * confidence * reciprocal;
        if (apart > allowed) return true;
      }
    }
    return false;
  }
}

function doubled(buckets: Float64Array): Float64Array {
  const larger = new Float64Array(buckets.length * 2);
  larger.set(buckets);
  return larger;
}
