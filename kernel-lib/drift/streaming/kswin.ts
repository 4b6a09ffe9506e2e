import { PythonRandom } from "../../stats/python-random";
import { readSaved, requireFinite, requireOption } from "./check";
import type { SavedDetector, StreamingDetector } from "./detector";

export interface KswinOptions {
  /** Level of the test's p-value at or below which it alarms, when the statistic is over 0.1 too. Default 0.005. */
  alpha?: number;
  /** Values that it keeps. Default 100. */
  windowSize?: number;
  /** The latest values, which are compared with as many drawn from the older ones. Default 30. */
  statSize?: number;
  /** A whole number, of which the draws come. Default 0. */
  seed?: number;
}

const shape = {
  driftDetected: "boolean",
  pValue: "number",
  window: "numbers",
  random: "numbers",
  next: "number",
} as const;

/**
 * Kolmogorov–Smirnov windowing: compares the latest values of a window with a random sample of its older ones. Its
 * alarms are those of river's `KSWIN` with the same seed, since it draws with Python's random numbers. As there, an
 * alarm comes by chance too: expect one in some hundred values of a stream that does not change.
 *
 * @see Raab, Heusinger and Schleif 2020, "Reactive soft prototype computing for concept drift streams"
 */
export class Kswin implements StreamingDetector {
  driftDetected = false;
  /** Of the last comparison; 0 before there was one. */
  pValue = 0;
  private window: number[] = [];
  private random: PythonRandom;
  private readonly options: Required<KswinOptions>;
  /** P-value for each greatest distance of the two empirical distributions, in `statSize`-ths. */
  private readonly pValues: readonly number[];

  /** @throws AssayerError "invalid-argument" for options out of range */
  constructor(options: KswinOptions = {}) {
    const { alpha = 0.005, windowSize = 100, statSize = 30, seed = 0 } = options;
    requireOption("Kswin", alpha >= 0 && alpha <= 1, "alpha from 0 to 1", alpha);
    requireOption(
      "Kswin",
      Number.isInteger(statSize) && statSize >= 1 && statSize <= 10_000,
      "statSize from 1 to 10000",
      statSize,
    );
    requireOption(
      "Kswin",
      Number.isInteger(windowSize) && windowSize >= 2 * statSize,
      "windowSize ≥ 2 × statSize",
      windowSize,
    );
    this.options = { alpha, windowSize, statSize, seed };
    this.random = PythonRandom.ofSeed(seed);
    this.pValues = Array.from({ length: statSize + 1 }, (_, h) => exactPValue(statSize, h));
  }

  static fromJSON(saved: unknown): Kswin {
    const { options, state } = readSaved("Kswin.fromJSON", "kswin", saved, shape);
    const { driftDetected, pValue, window, random, next } = state;
    requireOption("Kswin.fromJSON", random.length === 624, "624 random words", random.length);
    const detector = new Kswin(options);
    detector.driftDetected = driftDetected;
    detector.pValue = pValue;
    detector.window = [...window];
    detector.random = PythonRandom.fromState({ words: random, position: next });
    return detector;
  }

  update(value: number): boolean {
    requireFinite("Kswin.update", value);
    if (this.driftDetected) this.reset();
    const { alpha, windowSize, statSize } = this.options;
    const { window } = this;
    window.push(value);
    if (window.length > windowSize) window.shift();
    if (window.length < windowSize) return false;
    const older = windowSize - statSize;
    const sample = Float64Array.from(
      this.random.sample(older, statSize),
      (position) => window[position] ?? NaN,
    ).sort();
    const latest = Float64Array.from(window.slice(older)).sort();
    const steps = greatestDistance(sample, latest);
    this.pValue = this.pValues[steps] ?? 1;
    this.driftDetected = this.pValue <= alpha && steps / statSize > 0.1;
    return this.driftDetected;
  }

  reset(): void {
    this.driftDetected = false;
    this.pValue = 0;
    this.window = [];
    this.random = PythonRandom.ofSeed(this.options.seed);
  }

  toJSON(): SavedDetector {
    const { driftDetected, pValue, window } = this;
    const { words: random, position: next } = this.random.toState();
    const state = { driftDetected, pValue, window: [...window], random, next };
    return { detector: "kswin", format: 1, options: this.options, state };
  }
}

/** Greatest distance of two empirical distributions of one size, as the number of values by which they differ. */
function greatestDistance(a: Float64Array, b: Float64Array): number {
  const size = a.length;
  let i = 0;
  let j = 0;
  let greatest = 0;
  while (i < size && j < size) {
    const value = Math.min(a[i] ?? NaN, b[j] ?? NaN);
    while (i < size && a[i] === value) i++;
    while (j < size && b[j] === value) j++;
    greatest = Math.max(greatest, Math.abs(i - j));
  }
  return greatest;
}

/**
 * How likely two samples of n values differ by h or more, of n: the share of lattice paths that leave the band.
 *
 * @see Hodges 1958, "The significance probability of the Smirnov two-sample test"; SciPy's ks_2samp, method "exact"
 */
function exactPValue(n: number, h: number): number {
  if (h === 0) return 1;
  let share = 0;
  for (let k = Math.floor(n / h); k >= 0; k--) {
    let factor = 1;
    for (let j = 0; j < h; j++) factor *= (n - k * h - j) / (n + k * h + j + 1);
    share = factor * (1 - share);
  }
  return Math.min(2 * share, 1);
}
