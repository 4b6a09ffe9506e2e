import { countMetrics, exploreThresholds, groupText, thresholdCurves } from "assayer/charts";
import type { FairnessGroup, FairnessGrouping } from "assayer";
import { Chart } from "./chart";
import { el } from "./el";
import {
  chosenThresholds,
  ownThreshold,
  presentThreshold,
  usualThreshold,
  withThreshold,
  type ExplorerChoices,
} from "./explorer-choices";
import { formatNumber, plural } from "./format";
import { arrange } from "./kept";
import { loggedThreshold } from "./logged-threshold";
import { button, emptyState, section, table } from "./parts";
import { numberCard, percentText } from "./report-parts";

const shownMetrics = [
  "selectionRate",
  "truePositiveRate",
  "falsePositiveRate",
  "precision",
  "accuracy",
].flatMap((name) => countMetrics.find((each) => each.name === name) ?? []);
let lastId = 0;

/** Moves thresholds, and tells at once what that would do to each group, to the gaps, the costs and the people. */
export class ThresholdExplorer {
  readonly element: HTMLElement;
  private readonly sliders = el("div", { class: "sliders" });
  private readonly cards = el("div", { class: "number-cards" });
  private readonly figures = el("div", {
    class: "groups-table",
    tabindex: 0,
    role: "region",
    "aria-label": "Groups at these thresholds",
  });
  private readonly told = el("p", { class: "lead", role: "status" });
  private readonly chart = new Chart(
    "The metric of each group at every threshold; the table has the numbers at the chosen ones",
  );
  private readonly modes: HTMLInputElement[] = [];
  private groups: FairnessGroup[] = [];
  private metric = "";
  private shown = "";
  private isWaiting = false;

  constructor(
    private readonly choices: ExplorerChoices,
    private readonly keep: () => void,
  ) {
    this.element = section("What if the threshold were another?", null);
  }

  /** @param metric the curves' one; the selection rate where it is none of counts */
  show(grouping: FairnessGrouping, metric: string): void {
    const shown = JSON.stringify([grouping]);
    this.metric = metric;
    if (shown !== this.shown) {
      this.shown = shown;
      this.groups = grouping.groups.filter(
        ({ rows, scores }) => rows > 0 && (scores?.thresholds.length ?? 0) > 0,
      );
      const title = this.element.firstElementChild;
      const left = grouping.groups.length - this.groups.length;
      arrange(this.element, [
        title,
        ...(this.groups.length === 0 ? [noScores()] : this.content()),
        this.groups.length > 0 && left > 0 && leftOut(left),
      ]);
      this.buildSliders();
    }
    this.update();
  }

  private content(): HTMLElement[] {
    const { choices } = this;
    this.modes.length = 0;
    const reset = button(
      "As Logged",
      "discard",
      () => {
        choices.one = null;
        choices.each = {};
        this.buildSliders();
        this.changed();
      },
      true,
    );
    return [
      el(
        "p",
        { class: "quiet" },
        "Whoever scores above the threshold gets the positive answer. Nothing is changed by trying: the figures are computed from the logged scores.",
      ),
      el(
        "div",
        { class: "controls" },
        el(
          "fieldset",
          { class: "modes" },
          el("legend", { class: "visually-hidden" }, "Thresholds"),
          this.modeButton("one", "One threshold for all"),
          this.modeButton("each", "One for each group"),
        ),
        this.costInput("Cost of a wrong yes", "falsePositive"),
        this.costInput("Cost of a wrong no", "falseNegative"),
        reset,
      ),
      this.sliders,
      this.told,
      this.cards,
      el("div", { class: "card" }, this.chart.element),
      this.figures,
    ];
  }

  private modeButton(mode: ExplorerChoices["mode"], label: string): HTMLElement {
    const input = el("input", {
      type: "radio",
      name: "threshold-mode",
      value: mode,
      checked: this.choices.mode === mode,
      on: {
        change: () => {
          this.choices.mode = mode;
          this.buildSliders();
          this.changed();
        },
      },
    });
    this.modes.push(input);
    return el("label", { class: "control" }, input, label);
  }

  private costInput(label: string, key: "falsePositive" | "falseNegative"): HTMLElement {
    const id = `cost-${++lastId}`;
    const input = el("input", {
      type: "number",
      id,
      min: 0,
      step: "any",
      value: this.choices[key],
      on: {
        input: () => {
          const cost = input.valueAsNumber;
          const isCost = Number.isFinite(cost) && cost >= 0;
          input.setAttribute("aria-invalid", String(!isCost));
          if (!isCost) return;
          this.choices[key] = cost;
          this.changed();
        },
      },
    });
    return el("span", { class: "control" }, el("label", { for: id }, label), input);
  }

  private buildSliders(): void {
    const { choices, groups } = this;
    const lines =
      choices.mode === "one"
        ? [
            this.slider("All groups", union(groups), commonThreshold(groups, choices), (value) => {
              choices.one = value;
            }),
          ]
        : groups.map((group) =>
            this.slider(
              groupText(group.name),
              group.scores?.thresholds ?? [],
              ownThreshold(choices, group),
              (value) => {
                choices.each = withThreshold(choices.each, group.name, value);
              },
            ),
          );
    this.sliders.replaceChildren(...lines);
  }

  /**
   * Its steps are the thresholds at which the report knows the counts of a group: what it tells of that group is exact,
   * and of another at a step that is not its own, what holds at its own step below.
   */
  private slider(
    label: string,
    thresholds: readonly number[],
    value: number,
    set: (value: number) => void,
  ): HTMLElement {
    const id = `threshold-${++lastId}`;
    const told = el("output", { class: "number", for: id });
    const input = el("input", {
      type: "range",
      id,
      min: 0,
      max: Math.max(0, thresholds.length - 1),
      step: 1,
      on: {
        input: () => {
          const threshold = thresholds[Number(input.value)] ?? 0;
          tell(threshold);
          set(threshold);
          this.changed();
        },
      },
    });
    const tell = (threshold: number) => {
      const text = formatNumber(Number(threshold.toPrecision(4)));
      told.textContent = text;
      input.setAttribute("aria-valuetext", text);
    };
    const position = nearest(thresholds, value);
    input.value = String(position);
    tell(thresholds[position] ?? value);
    return el(
      "div",
      { class: "slider-line" },
      el("label", { for: id, title: label }, label),
      input,
      told,
    );
  }

  private changed(): void {
    this.keep();
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.update();
    });
  }

  private update(): void {
    const { groups, choices } = this;
    if (groups.length === 0) return;
    const scored = groups.flatMap(({ name, scores }) =>
      scores === null ? [] : [{ group: name, scores }],
    );
    const present = Object.fromEntries(
      groups.map((group) => [group.name, presentThreshold(group)]),
    );
    const costs = {
      falsePositives: choices.falsePositive,
      falseNegatives: choices.falseNegative,
    };
    const outcome = exploreThresholds(scored, {
      present,
      costs,
      thresholds: chosenThresholds(choices, groups),
    });
    const before = exploreThresholds(scored, { present, costs });
    this.tell(outcome, before);
    this.cards.replaceChildren(...this.numberCards(outcome, before));
    this.figures.replaceChildren(outcomeTable(outcome));
    const drawn = shownMetrics.find(({ name }) => name === this.metric) ?? shownMetrics[0];
    if (!drawn) return;
    const marked = Object.fromEntries(
      outcome.groups.map(({ group, threshold }) => [group, threshold]),
    );
    this.chart.show((width) => thresholdCurves(groups, drawn, { width, marked }));
  }

  private tell({ overall }: Outcome, before: Outcome): void {
    const { counts, changed } = overall;
    const people =
      counts.truePositives + counts.falsePositives + counts.falseNegatives + counts.trueNegatives;
    const count = Math.round((changed ?? 0) * people);
    const change = (overall.cost ?? 0) - (before.overall.cost ?? 0);
    const against = this.isLogged()
      ? "the answers that were logged"
      : `a threshold of ${usualThreshold} (the logged answers follow no threshold of these scores)`;
    this.told.textContent =
      count === 0
        ? `These are ${against}.`
        : `Against ${against}, ${count.toLocaleString()} of ${Math.round(people).toLocaleString()} people (${percentText(changed ?? 0)}) would get another answer, and wrong answers would cost ${change === 0 ? "the same" : `${costText(Math.abs(change))} ${change > 0 ? "more" : "less"}`}.`;
  }

  /** Whether what is compared with are the logged answers, of every group. */
  private isLogged(): boolean {
    return this.groups.every((group) => loggedThreshold(group) !== null);
  }

  private numberCards({ overall, groups, ...gaps }: Outcome, before: Outcome): HTMLElement[] {
    const then = this.isLogged() ? "as logged" : "before";
    const gap = (title: string, key: keyof typeof gaps, rates: readonly Rate[]) => {
      // A gap between the groups that are known must not look like one between all.
      const unknown = groups.filter((group) => rates.some((rate) => group[rate] === null)).length;
      const note = unknown === 0 ? "" : `, ${plural(unknown, "group")} not known`;
      return numberCard(title, rounded(gaps[key]), `${rounded(before[key])} ${then}${note}`);
    };
    return [
      gap("Gap in selection rates", "demographicParityDifference", ["selectionRate"]),
      gap("Gap in true positive rates", "equalOpportunityDifference", ["truePositiveRate"]),
      gap("Gap of equalized odds", "equalizedOddsDifference", [
        "truePositiveRate",
        "falsePositiveRate",
      ]),
      numberCard(
        "Accuracy",
        rounded(overall.accuracy),
        `${rounded(before.overall.accuracy)} ${then}`,
      ),
      numberCard(
        "Cost of wrong answers",
        costText(overall.cost),
        `${costText(before.overall.cost)} ${then}`,
      ),
      numberCard("Another answer", percentText(overall.changed ?? 0), "of people"),
    ];
  }
}

type Rate = "selectionRate" | "truePositiveRate" | "falsePositiveRate";
type Outcome = ReturnType<typeof exploreThresholds>;

function outcomeTable({ groups }: Outcome): HTMLElement {
  return table(
    "Groups at these thresholds",
    [
      { title: "Group" },
      { title: "Threshold", numeric: true },
      ...shownMetrics.map(({ label }) => ({ title: label, numeric: true })),
      { title: "another answer", numeric: true },
    ],
    groups.map((group) => [
      el("strong", {}, groupText(group.group)),
      rounded(group.threshold),
      ...shownMetrics.map((metric) => rounded(metric.compute(group.counts))),
      percentText(group.changed ?? 0),
    ]),
  );
}

function noScores(): HTMLElement {
  return emptyState(
    "settings",
    "The report has no scores",
    "With the score column given, thresholds can be tried here.",
  );
}

function leftOut(count: number): HTMLElement {
  const text = `${plural(count, "group")} without rows, or without scores in the report, ${count === 1 ? "is" : "are"} not counted here.`;
  return el("p", { class: "quiet" }, text);
}

function union(groups: readonly FairnessGroup[]): number[] {
  const all = new Set(groups.flatMap(({ scores }) => scores?.thresholds ?? []));
  return [...all].sort((a, b) => a - b);
}

/** Where the slider of all groups stands: what was set, or what the largest group was logged with. */
function commonThreshold(groups: readonly FairnessGroup[], { one }: ExplorerChoices): number {
  if (one !== null) return one;
  const [largest] = [...groups].sort((a, b) => b.rows - a.rows);
  return largest ? presentThreshold(largest) : usualThreshold;
}

function nearest(thresholds: readonly number[], value: number): number {
  let best = 0;
  thresholds.forEach((threshold, i) => {
    if (Math.abs(threshold - value) < Math.abs((thresholds[best] ?? 0) - value)) best = i;
  });
  return best;
}

function rounded(value: number | null): string {
  return value !== null && Number.isFinite(value)
    ? formatNumber(Number(value.toPrecision(3)))
    : "–";
}

function costText(cost: number | null): string {
  return formatNumber(Number((cost ?? 0).toPrecision(6)));
}
