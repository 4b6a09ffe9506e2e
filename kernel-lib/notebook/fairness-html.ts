import { errorTreeChart, errorTreeLines } from "../charts/error-tree-chart";
import {
  constraintWords,
  denominatorText,
  fairnessReportMeaning,
  fairnessReportText,
  fairnessVerdictText,
  figureText,
  groupingText,
  groupText,
  limitText,
  rowsNeededText,
  short,
} from "../charts/fairness-words";
import { groupCalibration } from "../charts/group-calibration";
import { groupDotPlot } from "../charts/group-dot-plot";
import { groupRoc } from "../charts/group-roc";
import { sliceBars } from "../charts/slice-bars";
import type { VegaLiteSpec } from "../charts/spec";
import type { ConstraintResult, FairnessVerdict } from "../fairness/constraint";
import type { Figure } from "../fairness/figure";
import type {
  FairnessGroup,
  FairnessGrouping,
  FairnessMetricInfo,
  FairnessReport,
} from "../fairness/report";
import {
  badge,
  chart,
  dataTable,
  facts,
  moment,
  number,
  rows,
  text,
  warningList,
  type Html,
} from "./report-parts";

/** Two beside each other, with room for the groups' names. */
const dotWidth = 250;
const curveWidth = 330;
/** Groupings with charts; the others have their numbers, so that a page of many opens at once. */
const mostDrawn = 8;

const verdictTones = { pass: "stable", fail: "alarm", insufficient: "undecided" } as const;

export async function fairnessHtml(report: FairnessReport): Promise<Html> {
  const { data, model, results } = report;
  const groupings: Html[] = [];
  for (const [i, grouping] of report.groupings.entries())
    groupings.push(await groupingHtml(report, grouping, i));
  return [
    `<header><p class="quiet">Fairness report</p><h1>${text(report.name)}</h1>`,
    `<p class="lead">${badge(report.verdict, fairnessReportText(report.verdict))} ${text(report.summary)}</p>`,
    `<p class="quiet">${text(fairnessReportMeaning(report.verdict))}</p>`,
    facts([
      ["data", `${data.description}, ${rows(data.rows)}`],
      ...(model === null ? [] : [["model", `${model.name} v${model.number}`] as const]),
      ...(report.positiveLabel === null
        ? []
        : [["positive answer", report.positiveLabel] as const]),
      ["intervals", `${number(100 * report.confidence)}% confidence`],
      ["made", moment(report.createdAt)],
    ]),
    "</header>",
    resultsHtml(results),
    ...groupings,
    await slicesHtml(report),
    await errorTreeHtml(report),
    warningList(report.warnings),
  ].join("");
}

function verdictBadge(verdict: FairnessVerdict): Html {
  const tone = Object.hasOwn(verdictTones, verdict) ? verdictTones[verdict] : "undecided";
  return badge(tone, fairnessVerdictText(verdict));
}

function resultsHtml(results: readonly ConstraintResult[]): Html {
  if (results.length === 0)
    return `<h2>What was required</h2><p class="quiet">Nothing: the figures below tell how groups fare, and no verdict.</p>`;
  const names = [...new Set(results.map(({ constraint }) => constraint.constraint))];
  const meanings = names.map((name) => {
    const { title, question, meaning } = constraintWords(name);
    return `<dt>${text(title)}</dt><dd><strong>${text(question)}</strong> ${text(meaning)}</dd>`;
  });
  return [
    "<h2>What was required</h2>",
    dataTable(
      ["", "requirement", "groups by", "found", "allowed", "in words"],
      results.map((result) => [
        verdictBadge(result.verdict),
        text(constraintWords(result.constraint.constraint).title),
        text(groupingText(result.features)),
        text(figureText(result.figure)),
        text(limitText(result.constraint)),
        sentences(result),
      ]),
      () => false,
    ),
    `<details><summary class="plain"><span class="rank"></span>What do these mean?</summary><dl class="facts">${meanings.join("")}</dl></details>`,
  ].join("");
}

function sentences(result: ConstraintResult): Html {
  const { sentence, unjudged } = result;
  const needed = rowsNeededText(result);
  return [
    text(sentence),
    ...(unjudged.length === 0
      ? []
      : [
          `<br><span class="quiet">Not judged: ${text(unjudged.map(({ group, reason }) => `${group} (${reason})`).join(", "))}</span>`,
        ]),
    ...(needed === "" ? [] : [`<br><span class="quiet">${text(needed)}</span>`]),
  ].join("");
}

async function groupingHtml(
  report: FairnessReport,
  grouping: FairnessGrouping,
  position: number,
): Promise<Html> {
  const { features, groups, disparities } = grouping;
  const title = `Groups by ${groupingText(features)}`;
  const drawn: VegaLiteSpec[] =
    position >= mostDrawn
      ? []
      : [
          ...report.metrics.map((metric) => {
            const overall = report.overall.figures[metric.name];
            return groupDotPlot(groups, metric, {
              width: dotWidth,
              ...(overall === undefined ? {} : { overall }),
            });
          }),
          ...(groups.some(({ scores }) => scores !== null)
            ? [
                groupRoc(groups, { width: curveWidth }),
                groupCalibration(groups, { width: curveWidth }),
              ]
            : []),
        ];
  const charts: Html[] = [];
  for (const spec of drawn) charts.push(await chart(spec));
  return [
    `<h2>${text(title)}</h2>`,
    `<div class="charts">${charts.join("")}</div>`,
    groupsTable(report, groups),
    disparitiesTable(report.metrics, disparities),
  ].join("");
}

function groupsTable({ metrics, overall }: FairnessReport, groups: readonly FairnessGroup[]): Html {
  return dataTable(
    ["group", "rows", ...metrics.map(({ label }) => label)],
    [...groups, overall].map((group) => [
      `${text(groupText(group.name))}${group.small ? ` ${badge("watch", "small")}` : ""}`,
      number(group.rows),
      ...metrics.map((metric) => figureCell(group.figures[metric.name], metric)),
    ]),
  );
}

function figureCell(figure: Figure | undefined, { denominator }: FairnessMetricInfo): Html {
  if (figure === undefined) return "–";
  const of = `of ${number(figure.denominator)} ${denominatorText(denominator)}`;
  return `${text(figureText(figure))}<br><span class="quiet">${text(of)}</span>`;
}

function disparitiesTable(
  metrics: readonly FairnessMetricInfo[],
  disparities: FairnessGrouping["disparities"],
): Html {
  const known = metrics.flatMap((metric) => {
    const disparity = Object.hasOwn(disparities, metric.name)
      ? disparities[metric.name]
      : undefined;
    return disparity === undefined ? [] : [{ metric, disparity }];
  });
  if (known.length === 0) return "";
  return `<details><summary class="plain"><span class="rank"></span>Differences and ratios</summary>${dataTable(
    ["metric", "highest − lowest", "lowest ÷ highest", "lowest", "highest"],
    known.map(({ metric, disparity }) => [
      text(metric.label),
      text(figureText(disparity.difference)),
      text(figureText(disparity.ratio)),
      text(disparity.lowest === null ? "–" : groupText(disparity.lowest)),
      text(disparity.highest === null ? "–" : groupText(disparity.highest)),
    ]),
    (column) => column === 1 || column === 2,
  )}</details>`;
}

const lossWords = { binary: "share of wrong answers", regression: "mean absolute error" } as const;

async function slicesHtml({ slices, problem }: FairnessReport): Promise<Html> {
  if (slices.length === 0) return "";
  const loss = lossWords[problem];
  return [
    "<h2>Where the model is worse</h2>",
    `<div class="charts">${await chart(sliceBars(slices, { width: 420, loss }))}</div>`,
    dataTable(
      ["rows in which", "rows", loss, "all other rows", "effect", "adjusted p-value"],
      slices.map((slice) => [
        text(slice.name),
        number(slice.rows),
        text(figureText(slice.loss)),
        text(short(slice.otherLoss)),
        number(slice.effectSize),
        text(short(slice.adjustedPValue)),
      ]),
    ),
  ].join("");
}

async function errorTreeHtml({ errorTree, problem }: FairnessReport): Promise<Html> {
  if (errorTree === null || errorTree.length === 0) return "";
  const loss = problem === "binary" ? "wrong" : "mean absolute error";
  return [
    "<h2>How errors gather</h2>",
    `<div class="charts">${await chart(errorTreeChart(errorTree, { width: 620, loss }))}</div>`,
    `<details><summary class="plain"><span class="rank"></span>Numbers</summary>${dataTable(
      ["rows in which", "rows", "errors", lossWords[problem]],
      errorTreeLines(errorTree).map((line) => [
        text(`${"› ".repeat(line.depth)}${line.text}`),
        number(line.rows),
        number(line.errors),
        text(short(line.loss)),
      ]),
    )}</details>`,
  ].join("");
}
