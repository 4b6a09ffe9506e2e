import { readSaved, requireError, requireOption } from "./check";
import type { SavedDetector, StreamingDetector } from "./detector";

export interface EddmOptions {
  /** Errors before it judges. Default 30. */
  warmStart?: number;
  /** Share of the greatest distance between errors below which it warns: river's `alpha`. Default 0.95. */
  warningThreshold?: number;
  /** Share of the greatest distance between errors below which it alarms: river's `beta`. Default 0.9. */
  driftThreshold?: number;
}

const shape = {
  driftDetected: "boolean",
  warningDetected: "boolean",
  count: "number",
  errors: "number",
  lastError: "number",
  mean: "number",
  squares: "number",
  greatest: "number",
} as const;

/**
 * Early drift detection method: alarms when errors of a classifier come closer to each other than they did. Finds
 * gradual changes sooner than DDM. Defaults and alarms are those of river's `EDDM`; a warning lasts until an error
 * takes it back, as there.
 *
 * @see Baena-García and others 2006, "Early drift detection method"
 */
export class Eddm implements StreamingDetector {
  driftDetected = false;
  /** Whether a change may be under way. */
  warningDetected = false;
  private count = 0;
  private errors = 0;
  private lastError = 0;
  private mean = 0;
  private squares = 0;
  private greatest = -1;
  private readonly options: Required<EddmOptions>;

  /** @throws AssayerError "invalid-argument" for options out of range */
  constructor(options: EddmOptions = {}) {
    const { warmStart = 30, warningThreshold = 0.95, driftThreshold = 0.9 } = options;
    requireOption("Eddm", warmStart >= 1, "warmStart ≥ 1", warmStart);
    requireOption("Eddm", driftThreshold > 0, "driftThreshold > 0", driftThreshold);
    requireOption(
      "Eddm",
      warningThreshold >= driftThreshold && warningThreshold <= 1,
      "warningThreshold from driftThreshold to 1",
      warningThreshold,
    );
    this.options = { warmStart, warningThreshold, driftThreshold };
  }

  static fromJSON(saved: unknown): Eddm {
    const { options, state } = readSaved("Eddm.fromJSON", "eddm", saved, shape);
    const detector = new Eddm(options);
    Object.assign(detector, state);
    return detector;
  }

  /**
   * @param error 1 or true for an error, 0 or false for a right prediction
   * @returns `driftDetected`
   */
  update(error: number | boolean): boolean {
    requireError("Eddm.update", error);
    if (this.driftDetected) this.reset();
    this.count++;
    if (Number(error) === 0) return false;
    const distance = this.count - this.lastError;
    this.lastError = this.count;
    this.errors++;
    const before = this.mean;
    this.mean += (1 / this.errors) * (distance - before);
    this.squares += (distance - before) * (distance - this.mean);
    if (this.count > this.options.warmStart) this.judge();
    return this.driftDetected;
  }

  private judge(): void {
    const deviation = this.errors > 1 ? Math.sqrt(this.squares / (this.errors - 1)) : 0;
    const reach = this.mean + 2 * deviation;
    if (reach > this.greatest) this.greatest = reach;
    else if (this.errors > this.options.warmStart) {
      const level = reach / this.greatest;
      if (level < this.options.driftThreshold) this.driftDetected = true;
      else this.warningDetected = level < this.options.warningThreshold;
    }
  }

  reset(): void {
    this.driftDetected = false;
    this.warningDetected = false;
    this.count = 0;
    this.errors = 0;
    this.lastError = 0;
    this.mean = 0;
    this.squares = 0;
    this.greatest = -1;
  }

  toJSON(): SavedDetector {
    const { driftDetected, warningDetected, count, errors, lastError } = this;
    const { mean, squares, greatest } = this;
    const counts = { driftDetected, warningDetected, count, errors, lastError };
    const state = { ...counts, mean, squares, greatest };
    return { detector: "eddm", format: 1, options: this.options, state };
  }
}
