import { AssayerError } from "../../errors";
import { readSaved, requireFinite, requireOption } from "./check";
import type { SavedDetector, StreamingDetector } from "./detector";

export interface PageHinkleyOptions {
  /** Values before it judges. Default 30. */
  minInstances?: number;
  /** Change of the mean that does not matter, in the unit of the values. Default 0.005. */
  delta?: number;
  /** Sum of deviations from the mean over which it alarms. Default 50. */
  threshold?: number;
  /** What is kept of the sum of deviations at each value: river's `alpha`. Default 0.9999. */
  forgettingFactor?: number;
  /** Which changes of the mean count. Default `both`. */
  mode?: "up" | "down" | "both";
}

const modes = ["up", "down", "both"] as const;
const shape = {
  driftDetected: "boolean",
  count: "number",
  mean: "number",
  sumUp: "number",
  sumDown: "number",
  lowest: "number or null",
  highest: "number",
} as const;

/**
 * Page–Hinkley test: alarms when the values' deviations from their mean so far add up. Defaults and alarms are those of
 * river's `PageHinkley`.
 *
 * @see Page 1954, "Continuous inspection schemes"
 */
export class PageHinkley implements StreamingDetector {
  driftDetected = false;
  private count = 0;
  private mean = 0;
  private sumUp = 0;
  private sumDown = 0;
  private lowest: number | null = null;
  private highest = -1;
  private readonly options: Required<PageHinkleyOptions>;

  /** @throws AssayerError "invalid-argument" for options out of range */
  constructor(options: PageHinkleyOptions = {}) {
    const { minInstances = 30, delta = 0.005, threshold = 50, mode = "both" } = options;
    const { forgettingFactor = 1 - 0.0001 } = options;
    requireOption("PageHinkley", minInstances >= 1, "minInstances ≥ 1", minInstances);
    requireOption("PageHinkley", delta >= 0, "delta ≥ 0", delta);
    requireOption("PageHinkley", threshold > 0, "threshold > 0", threshold);
    requireOption(
      "PageHinkley",
      forgettingFactor > 0 && forgettingFactor <= 1,
      "forgettingFactor over 0, up to 1",
      forgettingFactor,
    );
    if (!modes.includes(mode))
      throw new AssayerError(
        "invalid-argument",
        `unknown mode: ${mode as string}; expected one of ${modes.join(", ")}`,
      );
    this.options = { minInstances, delta, threshold, forgettingFactor, mode };
  }

  static fromJSON(saved: unknown): PageHinkley {
    const { options, state } = readSaved("PageHinkley.fromJSON", "page-hinkley", saved, shape);
    const detector = new PageHinkley(options);
    Object.assign(detector, state);
    return detector;
  }

  update(value: number): boolean {
    requireFinite("PageHinkley.update", value);
    if (this.driftDetected) this.reset();
    const { minInstances, delta, threshold, forgettingFactor, mode } = this.options;
    this.count++;
    this.mean += (1 / this.count) * (value - this.mean);
    const deviation = value - this.mean;
    this.sumUp = forgettingFactor * this.sumUp + deviation - delta;
    this.sumDown = forgettingFactor * this.sumDown + deviation + delta;
    if (this.lowest === null || this.sumUp < this.lowest) this.lowest = this.sumUp;
    if (this.sumDown > this.highest) this.highest = this.sumDown;
    if (this.count < minInstances) return false;
    this.driftDetected =
      (mode !== "down" && this.sumUp - this.lowest > threshold) ||
      (mode !== "up" && this.highest - this.sumDown > threshold);
    return this.driftDetected;
  }

  reset(): void {
    this.driftDetected = false;
    this.count = 0;
    this.mean = 0;
    this.sumUp = 0;
    this.sumDown = 0;
    this.lowest = null;
    this.highest = -1;
  }

  toJSON(): SavedDetector {
    const { driftDetected, count, mean, sumUp, sumDown, lowest, highest } = this;
    const state = { driftDetected, count, mean, sumUp, sumDown, lowest, highest };
    return { detector: "page-hinkley", format: 1, options: this.options, state };
  }
}
