import { distributionOverlay } from "../charts/distribution-overlay";
import { driftRanking } from "../charts/drift-ranking";
import { driftTimelineChart } from "../charts/drift-timeline-chart";
import { movedCategories } from "../charts/moved-categories";
import { sparkline } from "../charts/sparkline";
import type {
  DriftReport,
  DriftVerdict,
  FeatureDrift,
  FeatureSummary,
  MultivariateDrift,
} from "../drift/report";
import {
  badge,
  card,
  chart,
  dataTable,
  facts,
  moment,
  momentAt,
  number,
  rows,
  sparklineSvg,
  text,
  warningList,
  type Html,
} from "./report-parts";

/** Features with charts; the others have their numbers, so that the page of a thousand features opens at once. */
const mostCharts = 60;
/** Two beside each other. */
const chartWidth = 390;

const verdicts: readonly DriftVerdict[] = ["alarm", "watch", "stable", "undecided"];

export async function driftHtml(report: DriftReport): Promise<Html> {
  const { features, reference, current } = report;
  const counts = verdicts.flatMap((verdict) => {
    const count = features.filter((each) => each.verdict === verdict).length;
    return count === 0 ? [] : [badge(verdict, `${count.toLocaleString("en-US")} ${verdict}`)];
  });
  const details: Html[] = [];
  for (const [i, feature] of features.entries()) details.push(await featureHtml(feature, i));
  return [
    `<header><p class="quiet">Drift report</p><h1>${text(report.name)}</h1>`,
    `<p class="lead">${badge(report.verdict)} ${text(report.summary)}</p>`,
    facts([
      ["reference", `${reference.description}, ${rows(reference.rows)}`],
      ["current", `${current.description}, ${rows(current.rows)}`],
      ["made", moment(report.createdAt)],
      ...(report.missingFeatures.length > 0
        ? [["gone", report.missingFeatures.join(", ")] as const]
        : []),
      ...(report.newFeatures.length > 0 ? [["new", report.newFeatures.join(", ")] as const] : []),
    ]),
    `<p>${counts.join(" ")}</p></header>`,
    cards(report),
    features.length > 1 ? `<h2>What matters most</h2>${await chart(driftRanking(features))}` : "",
    `<h2>Features</h2><p class="quiet">Ranked: what matters most first. Open one to see both distributions.</p>`,
    `<div>${details.join("")}</div>`,
    warningList(report.warnings),
  ].join("");
}

const multivariateNames: Record<MultivariateDrift["method"], string> = {
  "domain-classifier": "Telling the two apart (AUC)",
  "pca-reconstruction-error": "PCA reconstruction error",
};

function cards({ metricChange, multivariate }: DriftReport): Html {
  const isKnown = metricChange?.method === "realised";
  const all = [
    ...(metricChange
      ? [
          card(
            isKnown ? metricChange.metric : `Estimated ${metricChange.metric}`,
            `${metricChange.reference.toPrecision(3)} → ${metricChange.current.toPrecision(3)}`,
            isKnown ? "by the labels" : `by ${metricChange.method.toUpperCase()}, without labels`,
          ),
        ]
      : []),
    ...multivariate.map(({ method, value, lower, upper, alarm }) =>
      card(multivariateNames[method], number(value), multivariateNote(alarm, lower, upper)),
    ),
  ];
  return all.length === 0
    ? ""
    : `<h2>All features together</h2><div class="cards">${all.join("")}</div>`;
}

function multivariateNote(alarm: boolean, lower: number | null, upper: number | null): string {
  if (lower === null || upper === null) return "";
  return `${alarm ? "alarm: expected" : "as expected,"} ${number(lower)} to ${number(upper)}`;
}

async function featureHtml(feature: FeatureDrift, position: number): Promise<Html> {
  const { verdict, timeline } = feature;
  const charts: Html[] = [];
  if (position < mostCharts) {
    if (feature.distribution !== null)
      charts.push(await chart(distributionOverlay(feature, { width: chartWidth })));
    if (feature.distribution?.kind === "categories")
      charts.push(await chart(movedCategories(feature, { width: chartWidth - 80 })));
    if (timeline !== null) {
      const hint = timeline.hint === null ? "" : `<p class="quiet">${text(timeline.hint)}</p>`;
      charts.push(
        `<div>${await chart(driftTimelineChart(timeline, { width: chartWidth }))}${hint}</div>`,
      );
    }
  }
  return [
    "<details><summary>",
    `<span class="quiet rank">${position + 1}</span>`,
    `<span class="name">${text(feature.feature)}<span>${text(feature.type)}</span></span>`,
    sparklineSvg(sparkline(feature.distribution)),
    badge(verdict),
    `<span>${text(feature.reason)}</span>`,
    "</summary>",
    `<div class="charts">${charts.join("")}</div>`,
    facts(featureFacts(feature)),
    numbersOf(feature),
    "</details>",
  ].join("");
}

function featureFacts(feature: FeatureDrift): (readonly [string, string])[] {
  const { method, score, scoreKind, threshold, effect, impact, importance } = feature;
  const kind = scoreKind === "p-value" ? "p-value" : "distance";
  return [
    [
      "method",
      `${method}: ${kind} ${number(score)}, ${scoreKind === "p-value" ? "drift at or below" : "drift at or above"} ${number(threshold)}`,
    ],
    ...(feature.adjustedPValue === null
      ? []
      : [["adjusted p-value", number(feature.adjustedPValue)] as const]),
    ...(effect === null
      ? []
      : [
          [
            "effect",
            `${effect.name} ${number(effect.value)}, ${effect.magnitude}${effect.minimumDetectable === null ? "" : `; ${number(effect.minimumDetectable)} would be seen`}`,
          ] as const,
        ]),
    ...(impact === null
      ? []
      : [["impact", `${number(impact)} of an importance of ${number(importance)}`] as const]),
  ];
}

const summaryRows: readonly (readonly [string, keyof FeatureSummary])[] = [
  ["rows", "rows"],
  ["missing", "missing"],
  ["infinite", "infinite"],
  ["distinct", "distinct"],
  ["mean", "mean"],
  ["standard deviation", "standardDeviation"],
  ["lowest", "min"],
  ["quartile", "q25"],
  ["median", "median"],
  ["upper quartile", "q75"],
  ["highest", "max"],
];

function numbersOf({ reference, current, type }: FeatureDrift): Html {
  const show = (value: number | null, key: keyof FeatureSummary) =>
    type === "timestamp" && value !== null && timeKeys.has(key)
      ? text(momentAt(value))
      : number(value);
  const shown = summaryRows.filter(
    ([, key]) => reference[key] !== null || (current[key] !== null && key !== "infinite"),
  );
  return dataTable(
    ["", "reference", "current"],
    shown.map(([title, key]) => [title, show(reference[key], key), show(current[key], key)]),
  );
}

const timeKeys: ReadonlySet<keyof FeatureSummary> = new Set([
  "mean",
  "min",
  "q25",
  "median",
  "q75",
  "max",
]);
