import { metricCurves } from "assayer/charts";
import { Chart } from "./chart";
import { ColumnChooser } from "./column-chooser";
import { checkbox, Select, slider } from "./controls";
import { el } from "./el";
import { request } from "./host";
import { arrange } from "./kept";
import { emptyState } from "./parts";
import type { ComparedCurve, CompareView } from "./protocol";

/** Metrics drawn for someone who chose none: those that differ. */
const usualMetrics = 4;

/** How the curves are drawn, kept while VS Code is closed. */
export interface CurveChoices {
  metrics: string[] | null;
  smoothing: number;
  x: "step" | "elapsed" | "time";
  logX: boolean;
  logY: boolean;
  groupBy: string;
}

export const usualCurves: CurveChoices = {
  metrics: null,
  smoothing: 0,
  x: "step",
  logX: false,
  logY: false,
  groupBy: "",
};

/** Curves of the chosen metrics, a line for each run or each group of runs. */
export class CompareCurves {
  readonly element: HTMLElement;
  private readonly cards = new Map<string, { element: HTMLElement; chart: Chart }>();
  private readonly grid = el("div", { class: "curves compared-curves" });
  private readonly nothing = el("div");
  private readonly groupBy: Select;
  private readonly chooser: ColumnChooser;
  private view: CompareView | undefined;
  private curves: readonly ComparedCurve[] = [];
  private asked = 0;

  constructor(
    private readonly choices: CurveChoices,
    private readonly keep: () => void,
  ) {
    const set = (change: Partial<CurveChoices>) => {
      Object.assign(choices, change);
      this.keep();
      this.draw();
    };
    const x = new Select("X axis", (value) => {
      set({ x: value as CurveChoices["x"] });
    });
    x.show(
      [
        ["step", "Step"],
        ["elapsed", "Time since start"],
        ["time", "Time of day"],
      ],
      choices.x,
    );
    this.groupBy = new Select("Group by", (value) => {
      set({ groupBy: value });
    });
    this.chooser = new ColumnChooser(
      () => undefined,
      (ids) => {
        choices.metrics = ids.map((id) => id.slice("metrics.".length));
        this.keep();
        void this.read();
      },
    );
    this.element = el(
      "div",
      { class: "with-chooser" },
      el(
        "div",
        { class: "chooser-beside" },
        el(
          "div",
          { class: "controls" },
          el(
            "vscode-button",
            {
              icon: "list-selection",
              secondary: true,
              on: {
                click: () => {
                  this.chooser.toggle();
                },
              },
            },
            "Metrics",
          ),
          slider(
            "Smoothing",
            { min: 0, max: 0.99, step: 0.01, value: choices.smoothing },
            (value) => {
              set({ smoothing: value });
            },
          ),
          x.element,
          this.groupBy.element,
          checkbox("Log x", choices.logX, (logX) => {
            set({ logX });
          }),
          checkbox("Log y", choices.logY, (logY) => {
            set({ logY });
          }),
        ),
        this.nothing,
        this.grid,
      ),
      this.chooser.element,
    );
  }

  show(view: CompareView): void {
    this.view = view;
    const groups = [...view.params, ...view.tags.map((tag) => ({ ...tag, key: `tags.${tag.key}` }))]
      .filter(({ differs, values }) => differs && new Set(values).size < values.length)
      .map(({ key }) => [key, key] as const);
    this.groupBy.show([["", "nothing"], ...groups], this.choices.groupBy);
    this.chooser.show(
      view.metrics.map(({ key, values }) => ({
        id: `metrics.${key}`,
        title: key,
        group: "metrics",
        runs: values.filter((value) => value !== null).length,
      })),
      this.metrics().map((key) => `metrics.${key}`),
    );
    void this.read();
  }

  private metrics(): string[] {
    const known = this.view?.metrics.map(({ key }) => key) ?? [];
    return this.choices.metrics ?? known.slice(0, usualMetrics);
  }

  /** Reads the points that are drawn; of two answers the later question counts. */
  private async read(): Promise<void> {
    const asked = ++this.asked;
    const curves = await request("metric-curves", { keys: this.metrics() });
    if (asked !== this.asked) return;
    this.curves = curves;
    this.draw();
  }

  private draw(): void {
    const { view, choices } = this;
    if (!view) return;
    const nameOf = uniqueNames(view);
    const grouping = choices.groupBy === "" ? undefined : groupOf(view, choices.groupBy);
    const drawable = this.metrics()
      .map((key) => ({
        key,
        curves: this.curves.filter((curve) => curve.key === key && curve.steps.length > 1),
      }))
      .filter(({ curves }) => curves.length > 0);
    for (const [key, { chart }] of this.cards)
      if (!drawable.some((metric) => metric.key === key)) {
        chart.dispose();
        this.cards.delete(key);
      }
    arrange(this.nothing, [
      drawable.length === 0 &&
        emptyState(
          "graph-line",
          "No curves to draw",
          "Choose metrics that were logged at more than one step: run.logMetric(key, value, { step }).",
        ),
    ]);
    arrange(
      this.grid,
      drawable.map(({ key, curves }) => {
        const card = this.card(key);
        card.chart.element.setAttribute("aria-label", `${key} of ${curves.length} runs`);
        const series = curves.map(({ runId, steps, values, timestamps }) => ({
          run: nameOf(runId),
          key,
          steps,
          values,
          timestamps,
          ...(grouping ? { group: grouping(runId) } : {}),
        }));
        card.chart.show((width) =>
          metricCurves(series, {
            width,
            height: 220,
            smoothing: choices.smoothing,
            x: choices.x,
            xScale: choices.logX ? "log" : "linear",
            scale: choices.logY ? "log" : "linear",
            ...(choices.groupBy === "" ? {} : { groupTitle: choices.groupBy }),
          }),
        );
        return card.element;
      }),
    );
  }

  private card(key: string): { element: HTMLElement; chart: Chart } {
    const known = this.cards.get(key);
    if (known) return known;
    const chart = new Chart(key);
    const element = el(
      "article",
      { class: "card curve", "data-metric": key },
      el("div", { class: "curve-head" }, el("h3", { title: key }, key)),
      chart.element,
    );
    const card = { element, chart };
    this.cards.set(key, card);
    return card;
  }
}

/** Names of runs; those that share one get the end of their id. */
export function uniqueNames({ runs }: CompareView): (runId: string) => string {
  const count = new Map<string, number>();
  for (const { name } of runs) count.set(name, (count.get(name) ?? 0) + 1);
  const names = new Map(
    runs.map(({ runId, name }) => [
      runId,
      (count.get(name) ?? 0) > 1 ? `${name} (${runId.slice(-6)})` : name,
    ]),
  );
  return (runId) => names.get(runId) ?? runId;
}

function groupOf({ runs, params, tags }: CompareView, groupBy: string): (runId: string) => string {
  const isTag = groupBy.startsWith("tags.");
  const row = isTag
    ? tags.find(({ key }) => `tags.${key}` === groupBy)
    : params.find(({ key }) => key === groupBy);
  const groups = new Map(runs.map(({ runId }, i) => [runId, row?.values[i] ?? "none"]));
  return (runId) => groups.get(runId) ?? "none";
}
