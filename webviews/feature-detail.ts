import { distributionOverlay, driftTimelineChart, movedCategories } from "assayer/charts";
import type { DriftReport, FeatureDrift } from "assayer";
import { BehindRows } from "./behind-rows";
import { Chart } from "./chart";
import { Select } from "./controls";
import { el } from "./el";
import { formatNumber } from "./format";
import { arrange } from "./kept";
import { properties, section, table } from "./parts";
import { numberText, percentText, verdictBadge } from "./report-parts";

type Side = "reference" | "current";

/** The ones that moved most; all that the report lists can be chosen below. */
const mostCategories = 8;

/** One feature: both distributions, its course over time, what moved, its numbers, and the rows behind it. */
export class FeatureDetail {
  readonly element = el("section", { class: "feature-detail", "aria-label": "Feature" });
  private readonly overlay = new Chart("Distributions");
  private readonly timeline = new Chart("Over time");
  private readonly moved = new Chart("Categories that moved");
  private readonly behind = new BehindRows();
  private readonly side = new Select("Rows of", () => {
    this.drill();
  });
  private readonly part = new Select("with", (value) => {
    this.choose(value);
  });
  private report: DriftReport | undefined;
  private feature: FeatureDrift | undefined;
  private shown = "";
  /** Position of a bin, or a category, as the select has it; empty for none. */
  private chosen = "";

  constructor() {
    for (const chart of [this.overlay, this.moved])
      chart.onClick((datum) => {
        const { bin, category } = datum;
        if (typeof bin === "number") this.choose(String(bin));
        else if (typeof category === "string") this.choose(category);
      });
  }

  show(report: DriftReport, feature: FeatureDrift): void {
    const shown = JSON.stringify([report.name, report.createdAt, feature]);
    if (shown === this.shown) return;
    const isOther = feature.feature !== this.feature?.feature;
    this.shown = shown;
    this.report = report;
    this.feature = feature;
    if (isOther) {
      this.chosen = "";
      this.behind.clear();
    }
    this.build();
  }

  private build(): void {
    const { report, feature } = this;
    if (!report || !feature) return;
    const { timeline, distribution } = feature;
    this.element.setAttribute("aria-label", `Feature ${feature.feature}`);
    arrange(this.element, [
      el(
        "div",
        { class: "detail-head" },
        el("h2", { class: "detail-title" }, feature.feature, verdictBadge(feature.verdict)),
        el("p", { class: "lead", "aria-live": "polite" }, feature.reason),
      ),
      el(
        "div",
        { class: "detail-charts" },
        el(
          "div",
          {},
          card("Distributions", this.overlay.element),
          timeline && card("Over time", this.timeline.element, timeline.hint),
          distribution?.kind === "categories" && card("Categories that moved", this.moved.element),
          this.drillPart(report, feature),
        ),
        el(
          "div",
          {},
          card("The test", properties(testFacts(feature))),
          card("Numbers", numbers(feature)),
        ),
      ),
    ]);
    this.drawOverlay();
    this.overlay.element.setAttribute("aria-label", `Distributions of ${feature.feature}`);
    if (timeline) this.timeline.show((width) => driftTimelineChart(timeline, { width }));
    if (distribution?.kind === "categories")
      this.moved.show((width) => movedCategories(feature, { width }));
  }

  private drawOverlay(): void {
    const { feature, chosen } = this;
    if (!feature) return;
    const selected = feature.distribution?.kind === "bins" ? Number(chosen) : chosen;
    this.overlay.show((width) =>
      distributionOverlay(feature, {
        width,
        limit: mostCategories,
        ...(chosen === "" ? {} : { selected }),
      }),
    );
  }

  /** Choosing what rows to see: for the keyboard too, what a click into a chart does. */
  private drillPart(report: DriftReport, feature: FeatureDrift): HTMLElement | null {
    const parts = partsOf(feature);
    if (parts.length === 0) return null;
    const readable = (["current", "reference"] as const).filter((side) => isReadable(report, side));
    if (readable.length === 0)
      return section(
        "Rows",
        null,
        el(
          "p",
          { class: "quiet" },
          "The data was in memory when this report was made, so that its rows are gone. Log it as a table, and make the report of project.source, to see them here.",
        ),
      );
    this.side.show(
      readable.map((side) => [side, `${side} data`]),
      this.side.value,
    );
    this.part.show([["", "choose, or click into a chart"], ...parts], this.chosen);
    return section(
      "Rows",
      null,
      el("div", { class: "controls" }, this.side.element, this.part.element),
      this.behind.element,
    );
  }

  private choose(value: string): void {
    const { feature, report } = this;
    if (!feature || !report) return;
    this.chosen = value;
    this.part.show([["", "choose, or click into a chart"], ...partsOf(feature)], value);
    this.drawOverlay();
    this.drill();
  }

  private drill(): void {
    const { feature, chosen } = this;
    if (!feature || chosen === "" || this.side.value === "") {
      this.behind.clear();
      return;
    }
    const side = this.side.value as Side;
    const words = partsOf(feature).find(([value]) => value === chosen)?.[1] ?? chosen;
    const ask = { side, feature: feature.feature };
    void this.behind.show(
      `of the ${side} data with ${feature.feature} ${words.replace(/ \([^()]*\)$/u, "")}`,
      feature.distribution?.kind === "bins"
        ? { ...ask, bin: Number(chosen) }
        : { ...ask, category: chosen },
    );
  }
}

function isReadable(report: DriftReport, side: Side): boolean {
  return ["file", "sql", "project-sql", "logged-table"].includes(report[side].origin.kind);
}

function card(title: string, content: HTMLElement, note: string | null = null): HTMLElement {
  return el(
    "div",
    { class: "card" },
    el("h3", {}, title),
    content,
    note !== null && el("p", { class: "quiet" }, note),
  );
}

/** Bins or categories as options of a select. */
function partsOf({ distribution, type }: FeatureDrift): [value: string, text: string][] {
  if (distribution === null) return [];
  if (distribution.kind === "categories")
    return distribution.categories
      .filter(({ value }) => value !== "")
      .map(({ value, reference, current }) => [
        value,
        `${value} (${percentText(reference)} → ${percentText(current)})`,
      ]);
  const { edges, reference, current } = distribution;
  const edge = (at: number) => (type === "timestamp" ? timeText(at) : formatNumber(at));
  const last = reference.length - 1;
  return reference.map((share, i) => {
    const [low, high] = [edge(edges[i] ?? NaN), edge(edges[i + 1] ?? NaN)];
    const range = i === 0 ? `below ${high}` : i === last ? `${low} and above` : `${low} to ${high}`;
    return [String(i), `${range} (${percentText(share)} → ${percentText(current[i] ?? 0)})`];
  });
}

/** To the minute; some times are beyond what a date can hold. */
function timeText(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "–" : date.toISOString().slice(0, 16).replace("T", " ");
}

/** Three significant digits. */
function short(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}

function testFacts(feature: FeatureDrift): { key: string; value: string }[] {
  const { method, score, scoreKind, threshold, statistic, adjustedPValue, effect } = feature;
  const limit = scoreKind === "p-value" ? "at or below" : "at or above";
  return [
    { key: "method", value: method },
    {
      key: scoreKind,
      value: score === null ? "none" : `${short(score)}; drift ${limit} ${formatNumber(threshold)}`,
    },
    ...(statistic === null ? [] : [{ key: "statistic", value: formatNumber(statistic) }]),
    ...(adjustedPValue === null
      ? []
      : [{ key: "adjusted for all features", value: formatNumber(adjustedPValue) }]),
    { key: "by the method alone", value: feature.drifted ? "drifted" : "not drifted" },
    ...(effect === null
      ? []
      : [
          {
            key: "effect",
            value: `${effect.name} ${short(effect.value)}, ${effect.magnitude}`,
          },
          ...(effect.minimumDetectable === null
            ? []
            : [
                {
                  key: "smallest effect seen",
                  value: `${short(effect.minimumDetectable)} with so many rows`,
                },
              ]),
        ]),
    ...(feature.importance === null
      ? []
      : [{ key: "importance", value: percentText(feature.importance) }]),
  ];
}

function numbers({ reference, current, type }: FeatureDrift): HTMLElement {
  const time = (value: number | null) => (value === null ? "–" : timeText(value));
  const value = type === "timestamp" ? time : numberText;
  const of = (side: FeatureDrift["reference"]) => [
    side.rows.toLocaleString(),
    `${side.missing.toLocaleString()} (${percentText(side.rows > 0 ? side.missing / side.rows : 0)})`,
    numberText(side.distinct),
    value(side.mean),
    type === "timestamp" ? "–" : numberText(side.standardDeviation),
    ...[side.min, side.q25, side.median, side.q75, side.max].map(value),
  ];
  const [left, right] = [of(reference), of(current)];
  const names = [
    "rows",
    "missing",
    "distinct",
    "mean",
    "deviation",
    "lowest",
    "25%",
    "median",
    "75%",
    "highest",
  ];
  return table(
    "Numbers",
    [{ title: "" }, { title: "Reference", numeric: true }, { title: "Current", numeric: true }],
    names
      .map((name, i) => [name, left[i] ?? "–", right[i] ?? "–"])
      .filter(([, a, b]) => a !== "–" || b !== "–"),
  );
}
