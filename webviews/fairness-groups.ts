import { denominatorText, figureText, groupDotPlot, groupingText, groupText } from "assayer/charts";
import type {
  FairnessGroup,
  FairnessGrouping,
  FairnessMetricInfo,
  FairnessReport,
  Figure,
} from "assayer";
import { Chart } from "./chart";
import { el } from "./el";
import { table } from "./parts";

/** Another report's groups of the same features. */
export interface ComparedGroups {
  name: string;
  groups: readonly FairnessGroup[];
  overall: FairnessGroup;
}

/** How a metric fares in each group: dots with intervals, how far they are apart, and all figures as a table. */
export function groupsPart(
  report: FairnessReport,
  grouping: FairnessGrouping,
  metric: FairnessMetricInfo,
  own: string,
  compared: ComparedGroups | null,
): HTMLElement {
  const { groups } = grouping;
  const overall = report.overall.figures[metric.name];
  const chart = new Chart(
    `${metric.label} of each group by ${groupingText(grouping.features)}; the numbers follow as a table`,
  );
  chart.show((width) =>
    groupDotPlot(groups, metric, {
      width,
      name: own,
      ...(overall === undefined ? {} : { overall }),
      ...(compared === null ? {} : { compared }),
    }),
  );
  return el(
    "div",
    {},
    el("div", { class: "card" }, chart.element, gap(grouping, metric)),
    groupsTable(report, groups, compared, metric),
  );
}

function gap({ disparities }: FairnessGrouping, metric: FairnessMetricInfo): HTMLElement {
  const found = Object.hasOwn(disparities, metric.name) ? disparities[metric.name] : undefined;
  if (found === undefined || found.lowest === null || found.highest === null)
    return el("p", { class: "quiet" }, "No two groups can be compared in this.");
  const { lowest, highest, difference, ratio } = found;
  return el(
    "p",
    { class: "gap" },
    `${capital(metric.label)} is lowest for ${groupText(lowest)} and highest for ${groupText(highest)}: a difference of ${figureText(difference)}, a ratio of ${figureText(ratio)}.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groupsTable(
  { metrics, overall }: FairnessReport,
  groups: readonly FairnessGroup[],
  compared: ComparedGroups | null,
  metric: FairnessMetricInfo,
): HTMLElement {
  const others = new Map(compared?.groups.map((group) => [group.name, group]));
  const otherOf = (group: FairnessGroup) =>
    group === overall ? compared?.overall : others.get(group.name);
  const rows = [...groups, overall];
  return el(
    "div",
    { class: "groups-table", tabindex: 0, role: "region", "aria-label": "Groups" },
    table(
      "Groups",
      [
        { title: "Group" },
        { title: "Rows", numeric: true },
        ...(compared === null
          ? []
          : [{ title: `${metric.label} in ${compared.name}`, numeric: true }]),
        ...metrics.map(({ label }) => ({ title: label, numeric: true })),
      ],
      rows.map((group) => [
        el(
          "span",
          { class: "title-line" },
          el("strong", {}, groupText(group.name)),
          group.small && el("span", { class: "small-group" }, "small"),
        ),
        group.rows.toLocaleString(),
        ...(compared === null ? [] : [figureCell(otherOf(group)?.figures[metric.name], metric)]),
        ...metrics.map((each) => figureCell(group.figures[each.name], each)),
      ]),
    ),
  );
}

function figureCell(
  figure: Figure | undefined,
  { denominator }: FairnessMetricInfo,
): HTMLElement | string {
  if (figure === undefined) return "–";
  return el(
    "span",
    { class: "figure" },
    figureText(figure),
    el(
      "span",
      { class: "quiet" },
      `of ${figure.denominator.toLocaleString()} ${denominatorText(denominator)}`,
    ),
  );
}
