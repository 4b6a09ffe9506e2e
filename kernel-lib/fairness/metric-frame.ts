import { AssayerError } from "../errors";
import { FrameEstimates } from "./frame/frame-estimates";
import { checkFrame, type MetricFrameInput } from "./frame/frame-input";
import { groupCodes, type GroupNames } from "./frame/group-codes";
import { GroupComparison } from "./frame/group-comparison";

/** Metrics of groups side by side. */
export class MetricFrame extends GroupComparison {
  /** Names of the metrics, in the order asked for. */
  readonly metrics: readonly string[];
  readonly confidence: number | null;
  /** The same within each group of the control features; empty where there are none. */
  readonly controlGroups: readonly ControlGroup[];

  /** @internal */
  constructor(
    estimates: FrameEstimates,
    groups: readonly GroupNames[],
    controls: readonly GroupNames[],
  ) {
    super(estimates, groups, null);
    this.metrics = estimates.data.metrics.map(({ name }) => name);
    this.confidence = estimates.data.confidence;
    this.controlGroups = controls.map(
      (control, c) => new ControlGroup(estimates, groups, c, control),
    );
  }
}

/** The rows of one group of the control features. */
export class ControlGroup extends GroupComparison {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;

  /** @internal */
  constructor(
    estimates: FrameEstimates,
    groups: readonly GroupNames[],
    control: number,
    { name, values }: GroupNames,
  ) {
    super(estimates, groups, control, name);
    this.name = name;
    this.values = values;
  }
}

/**
 * Metrics of all rows and of each group by sensitive features, and how far groups are apart, each with its interval.
 *
 * Values are Fairlearn's (`MetricFrame`), but for two things: a metric that has nothing to divide by in a group, such as
 * a true positive rate without a positive, is null and not 0; and where fewer than two groups have a value, their
 * difference and ratio are null and not 0 and 1.
 *
 * @param input.metrics names, or metrics and functions by name
 * @param input.yTrue n ≥ 1 labels of two classes; numbers for metrics of numbers
 * @param input.sensitiveFeatures of each feature n values; several make intersections
 * @throws AssayerError "invalid-argument" for arrays of different length, labels of a third class, scores that are not
 * finite, weights that are negative or all 0, a feature with more than 1,000 different values, an unknown metric
 * @see https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.MetricFrame.html
 * @example metricFrame({ metrics: ["selectionRate"], yTrue, yPred, sensitiveFeatures: { sex } }).difference().selectionRate
 */
export function metricFrame(input: MetricFrameInput): MetricFrame {
  const caller = "metricFrame";
  const data = checkFrame(caller, input);
  const { codes, groups } = groupCodes(
    caller,
    "sensitiveFeatures",
    input.sensitiveFeatures,
    data.rows,
  );
  const control = input.controlFeatures ?? {};
  if (Object.keys(control).length === 0)
    return new MetricFrame(
      new FrameEstimates(data, { codes, sensitive: groups.length, controls: 1 }),
      groups,
      [],
    );
  const twice = Object.keys(control).find((name) => Object.hasOwn(input.sensitiveFeatures, name));
  if (twice !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a feature to be sensitive or of control; got ${twice} as both`,
    );
  const by = groupCodes(caller, "controlFeatures", control, data.rows);
  const controls = by.groups.length;
  const leaves = codes.map((code, i) => code * controls + (by.codes[i] as number));
  return new MetricFrame(
    new FrameEstimates(data, { codes: leaves, sensitive: groups.length, controls }),
    groups,
    by.groups,
  );
}
