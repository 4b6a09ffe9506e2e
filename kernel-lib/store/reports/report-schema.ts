import { z } from "zod";
import type { ExplanationReport } from "../../explain/explanation-report";
import type { FairnessReport } from "../../fairness/report";
import { explanationParts, faultOfExplanation } from "./explanation-schema";
import { faultOfEvidence } from "./fairness-evidence";
import type { ReportKind } from "./report-file";

const text = z.string();
const texts = z.array(text);
const flag = z.boolean();
/** Reports in memory may hold NaN and infinities, which JSON has as null. */
const number = z.custom<number>((value) => typeof value === "number");
const count = z.custom<number>(
  (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
);
const numberOrNull = number.nullable();
const finite = z.number();
const verdict = z.enum(["stable", "watch", "alarm", "undecided"]);

const isFinite = (value: unknown) => typeof value === "number" && Number.isFinite(value);

/** A figure that was infinite or NaN before it went through JSON is one that is not known. */
function knownBy<T extends z.ZodType>(keys: readonly string[], schema: T) {
  return z.preprocess(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      keys.some((key) => {
        const own = (value as Record<string, unknown>)[key];
        return own === null || (typeof own === "number" && !isFinite(own));
      })
        ? null
        : value,
    schema.nullable(),
  );
}

const side = z.looseObject({
  rows: count,
  description: text,
  origin: z.looseObject({ kind: text }),
});

const timeline = z.looseObject({
  measure: text,
  chunks: z.array(
    z.looseObject({
      label: text,
      start: number,
      end: number,
      from: numberOrNull,
      to: numberOrNull,
      side: z.enum(["reference", "current"]),
      value: numberOrNull,
      low: numberOrNull,
      high: numberOrNull,
      realised: numberOrNull,
      alarm: flag,
    }),
  ),
  lower: numberOrNull,
  upper: numberOrNull,
  hint: text.nullable(),
});

const summary = z.looseObject({
  rows: count,
  missing: count,
  infinite: count,
  distinct: numberOrNull,
  mean: numberOrNull,
  standardDeviation: numberOrNull,
  min: numberOrNull,
  q25: numberOrNull,
  median: numberOrNull,
  q75: numberOrNull,
  max: numberOrNull,
});

const distribution = z.discriminatedUnion("kind", [
  z
    .looseObject({
      kind: z.literal("bins"),
      edges: z.array(finite),
      reference: z.array(finite),
      current: z.array(finite),
    })
    .refine(
      ({ edges, reference, current }) =>
        reference.length === current.length &&
        edges.length === (reference.length === 0 ? edges.length : reference.length + 1),
      { error: "one edge more than there are bins on each side" },
    ),
  z.looseObject({
    kind: z.literal("categories"),
    categories: z.array(
      z.looseObject({
        value: text,
        reference: finite,
        current: finite,
        status: z.enum(["both", "new", "vanished"]),
      }),
    ),
    others: z.looseObject({ categories: finite, reference: finite, current: finite }).nullable(),
  }),
]);

const effect = z.looseObject({
  name: text,
  value: number,
  magnitude: z.enum(["negligible", "small", "medium", "large"]),
  minimumDetectable: numberOrNull,
});

const feature = z.looseObject({
  feature: text,
  type: z.enum(["numerical", "categorical", "text", "timestamp", "constant"]),
  method: text,
  score: numberOrNull,
  scoreKind: z.enum(["p-value", "distance"]),
  threshold: finite,
  statistic: numberOrNull,
  adjustedPValue: numberOrNull,
  drifted: flag,
  effect: knownBy(["value"], effect),
  verdict,
  reason: text,
  importance: numberOrNull,
  impact: numberOrNull,
  reference: summary,
  current: summary,
  distribution: distribution.nullable(),
  timeline: timeline.nullable(),
});

const common = {
  format: z.literal(1),
  name: text,
  createdAt: text,
  summary: text,
  warnings: texts,
};

const result = z.looseObject({
  expectation: z.looseObject({ expect: text, note: text.optional() }),
  column: text.nullable(),
  severity: z.enum(["error", "warning", "info"]),
  passed: flag,
  required: text,
  observed: text,
  failing: numberOrNull,
  failingRows: text.nullable(),
});

const column = z.looseObject({
  column: text,
  type: z.enum(["number", "boolean", "text", "time", "other"]),
  missing: count,
  infinite: count,
  distinct: number,
  constant: flag,
  almostConstant: flag,
  duplicateOf: text.nullable(),
  mean: numberOrNull,
  standardDeviation: numberOrNull,
  min: z.union([number, text]).nullable(),
  q25: numberOrNull,
  median: numberOrNull,
  q75: numberOrNull,
  max: z.union([number, text]).nullable(),
  top: z.array(z.looseObject({ value: text, count })),
});

const figure = z.looseObject({
  value: numberOrNull,
  low: numberOrNull,
  high: numberOrNull,
  denominator: count,
  interval: text.nullable(),
});

const binaryCounts = z
  .looseObject({
    truePositives: count,
    falsePositives: count,
    falseNegatives: count,
    trueNegatives: count,
  })
  .nullable();

const counts = z.array(count);

const groupScores = z
  .looseObject({
    thresholds: z.array(finite),
    positivesAbove: counts,
    negativesAbove: counts,
    positives: count,
    negatives: count,
    calibration: z.array(z.looseObject({ meanScore: number, share: figure, rows: count })),
  })
  .refine(
    ({ thresholds, positivesAbove, negativesAbove }) =>
      positivesAbove.length === thresholds.length && negativesAbove.length === thresholds.length,
    { error: "counts above each threshold" },
  );

const group = z.looseObject({
  name: text,
  values: z.record(text, text),
  rows: count,
  counts: binaryCounts,
  rowCounts: binaryCounts,
  weightSquares: binaryCounts.optional(),
  small: flag,
  figures: z.record(text, figure),
  scores: groupScores.nullable(),
});

const disparity = z.looseObject({
  difference: figure,
  ratio: figure,
  lowest: text.nullable(),
  highest: text.nullable(),
});

const grouping = z.looseObject({
  features: texts,
  groups: z.array(group),
  disparities: z.record(text, disparity),
});

const constraintResult = z.looseObject({
  constraint: z.looseObject({
    constraint: text,
    features: texts.optional(),
    maxDifference: finite.optional(),
    minRatio: finite.optional(),
  }),
  features: texts,
  verdict: z.enum(["pass", "fail", "insufficient"]),
  figure,
  between: z.tuple([text, text]).nullable(),
  unjudged: z.array(z.looseObject({ group: text, reason: text })),
  rowsNeeded: numberOrNull,
  sentence: text,
});

const sliceCondition = z.union([
  z.looseObject({ feature: text, equals: text }),
  z.looseObject({ feature: text, differsFrom: text }),
  z.looseObject({ feature: text, above: numberOrNull, atMost: numberOrNull }),
]);

/** What a report holds, by kind: files come from strangers, and panels and pages rely on it. */
export const reportSchemas: Readonly<Record<ReportKind, z.ZodType>> = {
  drift: z.looseObject({
    kind: z.literal("drift"),
    ...common,
    reference: side,
    current: side,
    features: z.array(feature),
    driftedShare: numberOrNull,
    driftShareThreshold: number,
    drifted: flag,
    verdict,
    correction: text,
    metricChange: knownBy(
      ["reference", "current"],
      z.looseObject({ metric: text, reference: number, current: number, method: text }),
    ),
    missingFeatures: texts,
    newFeatures: texts,
    multivariate: z
      .array(
        knownBy(
          ["value"],
          z.looseObject({
            method: z.enum(["pca-reconstruction-error", "domain-classifier"]),
            value: number,
            lower: numberOrNull,
            upper: numberOrNull,
            alarm: flag,
          }),
        ),
      )
      .transform((list) => list.filter((each) => each !== null)),
  }),
  quality: z.looseObject({
    kind: z.literal("quality"),
    ...common,
    data: side,
    passed: flag,
    results: z.array(result),
    table: z.looseObject({
      rows: count,
      duplicateRows: count,
      emptyRows: count,
      columns: z.array(column),
      correlation: z
        .looseObject({ columns: texts, values: z.array(numberOrNull) })
        .refine(
          ({ columns, values }) => values.length === columns.length ** 2,
          "a correlation of each pair of columns",
        ),
    }),
  }),
  performance: z.looseObject({
    kind: z.literal("performance"),
    ...common,
    reference: side,
    current: side,
    method: z.enum(["cbpe", "dle"]),
    problem: z.enum(["binary", "multiclass", "regression"]),
    metrics: z.array(timeline),
    verdict,
  }),
  fairness: z
    .looseObject({
      kind: z.literal("fairness"),
      ...common,
      data: side,
      model: z.looseObject({ name: text, number: finite }).nullable(),
      problem: z.enum(["binary", "regression"]),
      positiveLabel: text.nullable(),
      confidence: finite.gt(0).lt(1),
      smallGroup: count.optional(),
      metrics: z.array(
        z.looseObject({
          name: text,
          label: text,
          better: z.enum(["higher", "lower", "none"]),
          denominator: text,
        }),
      ),
      overall: group,
      groupings: z.array(grouping),
      results: z.array(constraintResult),
      slices: z.array(
        z.looseObject({
          conditions: z.array(sliceCondition),
          name: text,
          rows: count,
          loss: figure,
          otherLoss: number,
          effectSize: numberOrNull,
          pValue: finite,
          adjustedPValue: finite,
        }),
      ),
      errorTree: z
        .array(
          z.looseObject({
            parent: numberOrNull,
            condition: sliceCondition.nullable(),
            rows: count,
            errors: numberOrNull,
            loss: number,
          }),
        )
        .nullable(),
      verdict,
    })
    .superRefine((report, context) => {
      const fault = faultOfEvidence(report as unknown as FairnessReport);
      if (fault !== null) context.addIssue({ code: "custom", message: `expected ${fault}` });
    }),
  explanation: z.looseObject({ ...common, ...explanationParts }).superRefine((report, context) => {
    const fault = faultOfExplanation(report as unknown as ExplanationReport);
    if (fault !== null) context.addIssue({ code: "custom", message: `expected ${fault}` });
  }),
};

const head = z.object({ createdAt: text, verdict, summary: text });

/** What a list says of a report. */
export type ReportHead = z.infer<typeof head>;

/** @throws where a file says something else */
export function requireHead(value: unknown): ReportHead {
  return head.parse(value);
}
