import { readSaved, requireError, requireOption } from "./check";
import type { SavedDetector, StreamingDetector } from "./detector";

export interface DdmOptions {
  /** Errors or right predictions before it judges. Default 30. */
  warmStart?: number;
  /** Standard deviations over the best error rate at which it warns. Default 2. */
  warningThreshold?: number;
  /** Standard deviations over the best error rate at which it alarms. Default 3. */
  driftThreshold?: number;
}

const shape = {
  driftDetected: "boolean",
  warningDetected: "boolean",
  count: "number",
  rate: "number",
  bestRate: "number or null",
  bestDeviation: "number or null",
} as const;

/**
 * Drift detection method: alarms when the error rate of a classifier rises well over the best it has been. Finds
 * sudden changes. Defaults and alarms are those of river's `DDM`.
 *
 * @see Gama, Medas, Castillo and Rodrigues 2004, "Learning with drift detection"
 * @example const ddm = new Ddm(); for (const error of errors) if (ddm.update(error)) retrain();
 */
export class Ddm implements StreamingDetector {
  driftDetected = false;
  /** Whether a change may be under way. */
  warningDetected = false;
  private count = 0;
  private rate = 0;
  private bestRate: number | null = null;
  private bestDeviation: number | null = null;
  private readonly options: Required<DdmOptions>;

  /** @throws AssayerError "invalid-argument" for options out of range */
  constructor(options: DdmOptions = {}) {
    const { warmStart = 30, warningThreshold = 2, driftThreshold = 3 } = options;
    requireOption("Ddm", warmStart >= 1, "warmStart ≥ 1", warmStart);
    requireOption("Ddm", warningThreshold > 0, "warningThreshold > 0", warningThreshold);
    requireOption(
      "Ddm",
      driftThreshold >= warningThreshold,
      "driftThreshold ≥ warningThreshold",
      driftThreshold,
    );
    this.options = { warmStart, warningThreshold, driftThreshold };
  }

  static fromJSON(saved: unknown): Ddm {
    const { options, state } = readSaved("Ddm.fromJSON", "ddm", saved, shape);
    const detector = new Ddm(options);
    Object.assign(detector, state);
    return detector;
  }

  /**
   * @param error 1 or true for an error, 0 or false for a right prediction
   * @returns `driftDetected`
   */
  update(error: number | boolean): boolean {
    requireError("Ddm.update", error);
    if (this.driftDetected) this.reset();
    this.count++;
    this.rate += (1 / this.count) * (Number(error) - this.rate);
    const { rate, count } = this;
    const deviation = Math.sqrt((rate * (1 - rate)) / count);
    if (count <= this.options.warmStart) return false;
    if (
      this.bestRate === null ||
      this.bestDeviation === null ||
      rate + deviation <= this.bestRate + this.bestDeviation
    ) {
      this.bestRate = rate;
      this.bestDeviation = deviation;
    }
    const over = (threshold: number) =>
      rate + deviation > (this.bestRate ?? 0) + threshold * (this.bestDeviation ?? 0);
    this.driftDetected = over(this.options.driftThreshold);
    this.warningDetected = !this.driftDetected && over(this.options.warningThreshold);
    return this.driftDetected;
  }

  reset(): void {
    this.driftDetected = false;
    this.warningDetected = false;
    this.count = 0;
    this.rate = 0;
    this.bestRate = null;
    this.bestDeviation = null;
  }

  toJSON(): SavedDetector {
    const { driftDetected, warningDetected, count, rate, bestRate, bestDeviation } = this;
    const state = { driftDetected, warningDetected, count, rate, bestRate, bestDeviation };
    return { detector: "ddm", format: 1, options: this.options, state };
  }
}
