import { parallelCoordinates, paramImportanceChart, runScatter } from "assayer/charts";
import { Chart } from "./chart";
import { ColumnChooser } from "./column-chooser";
import { uniqueNames } from "./compare-curves";
import { checkbox, Select } from "./controls";
import { el } from "./el";
import { request } from "./host";
import { arrange } from "./kept";
import { emptyState } from "./parts";
import type { CompareView } from "./protocol";

/** Options of a select; a longer list is no help. */
const mostOptions = 500;

/** Which columns the charts over runs draw, kept while VS Code is closed. */
export interface ChartChoices {
  axes: string[] | null;
  colorBy: string;
  x: string;
  y: string;
  logX: boolean;
  logY: boolean;
  metric: string;
  over: "compared" | "experiment";
}

export const usualCharts: ChartChoices = {
  axes: null,
  colorBy: "",
  x: "",
  y: "",
  logX: false,
  logY: false,
  metric: "",
  over: "experiment",
};

/** Params and metrics by their names as columns, those that differ first. */
function columnIds({ params, metrics }: CompareView): string[] {
  const rows = [
    ...params.map((row) => ({ ...row, id: `params.${row.key}` })),
    ...metrics.map((row) => ({ ...row, id: `metrics.${row.key}` })),
  ];
  return rows.sort((a, b) => Number(b.differs) - Number(a.differs)).map(({ id }) => id);
}

/** The runs as the charts take them. */
function comparedRuns(view: CompareView) {
  const nameOf = uniqueNames(view);
  return view.runs.map(({ runId }, i) => ({
    runId,
    name: nameOf(runId),
    params: Object.fromEntries(view.params.map(({ key, values }) => [key, values[i] ?? null])),
    metrics: Object.fromEntries(
      view.metrics.map(({ key, values }) => {
        const value = values[i] ?? null;
        return [key, value === null ? null : Number(value)];
      }),
    ),
  }));
}

const optionOf = (id: string) => [id, id] as const;
const firstOf = (view: CompareView, kind: "params" | "metrics") =>
  columnIds(view).find((id) => id.startsWith(`${kind}.`)) ?? "";

/** An axis for each param or metric, a line for each run. */
export class CompareParallel {
  readonly element: HTMLElement;
  private readonly chart = new Chart("Parallel coordinates");
  private readonly nothing = el("div");
  private readonly colorBy: Select;
  private readonly chooser: ColumnChooser;
  private view: CompareView | undefined;

  constructor(
    private readonly choices: ChartChoices,
    private readonly keep: () => void,
  ) {
    this.colorBy = new Select("Colour by", (colorBy) => {
      choices.colorBy = colorBy;
      this.keep();
      this.draw();
    });
    this.chooser = new ColumnChooser(
      () => undefined,
      (axes) => {
        choices.axes = axes;
        this.keep();
        this.draw();
      },
    );
    const axes = el(
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
      "Axes",
    );
    this.element = el(
      "div",
      { class: "with-chooser" },
      el(
        "div",
        { class: "chooser-beside" },
        el("div", { class: "controls" }, axes, this.colorBy.element),
        this.nothing,
        this.chart.element,
      ),
      this.chooser.element,
    );
  }

  show(view: CompareView): void {
    this.view = view;
    const ids = columnIds(view);
    this.colorBy.show(
      ids.slice(0, mostOptions).map(optionOf),
      this.choices.colorBy || firstOf(view, "metrics"),
    );
    this.chooser.show(
      ids.map((id) => ({
        id,
        title: id.slice(id.indexOf(".") + 1),
        group: id.startsWith("params.") ? "params" : "metrics",
        runs: view.runs.length,
      })),
      this.axes(),
    );
    this.draw();
  }

  /** The axes chosen, in the order of the params and metrics; or the first few that differ. */
  private axes(): string[] {
    const { view, choices } = this;
    if (!view) return [];
    const ids = columnIds(view);
    if (choices.axes) return ids.filter((id) => choices.axes?.includes(id));
    const differing = view.params.filter(({ differs }) => differs).slice(0, 6);
    const metric = firstOf(view, "metrics");
    return [...differing.map(({ key }) => `params.${key}`), ...(metric === "" ? [] : [metric])];
  }

  private draw(): void {
    const { view } = this;
    if (!view) return;
    const axes = this.axes();
    const colorBy = this.colorBy.value;
    const all = new Set([...axes, ...(colorBy === "" ? [] : [colorBy])]);
    this.chart.element.hidden = all.size < 2;
    arrange(this.nothing, [
      all.size < 2 &&
        emptyState("graph-line", "Two axes are needed", "Choose params and metrics with Axes."),
    ]);
    if (all.size < 2) return;
    const runs = comparedRuns(view);
    this.chart.show((width) =>
      parallelCoordinates(runs, axes, {
        width,
        height: 380,
        ...(colorBy === "" ? {} : { colorBy }),
      }),
    );
  }
}

/** A point for each run: any param or metric against any other. */
export class CompareScatter {
  readonly element: HTMLElement;
  private readonly chart = new Chart("Scatter of the runs");
  private readonly x: Select;
  private readonly y: Select;
  private readonly colorBy: Select;
  private readonly problem = el("p", { class: "problem", role: "alert", hidden: true });
  private view: CompareView | undefined;

  constructor(
    private readonly choices: ChartChoices,
    private readonly keep: () => void,
  ) {
    const set = (change: Partial<ChartChoices>) => {
      Object.assign(choices, change);
      this.keep();
      this.draw();
    };
    this.x = new Select("X", (x) => {
      set({ x });
    });
    this.y = new Select("Y", (y) => {
      set({ y });
    });
    this.colorBy = new Select("Colour by", (colorBy) => {
      set({ colorBy });
    });
    this.element = el(
      "div",
      {},
      el(
        "div",
        { class: "controls" },
        this.x.element,
        this.y.element,
        this.colorBy.element,
        checkbox("Log x", choices.logX, (logX) => {
          set({ logX });
        }),
        checkbox("Log y", choices.logY, (logY) => {
          set({ logY });
        }),
      ),
      this.problem,
      this.chart.element,
    );
  }

  show(view: CompareView): void {
    this.view = view;
    const options = columnIds(view).slice(0, mostOptions).map(optionOf);
    this.x.show(options, this.choices.x || firstOf(view, "params"));
    this.y.show(options, this.choices.y || firstOf(view, "metrics"));
    this.colorBy.show([["", "nothing"], ...options], this.choices.colorBy);
    this.draw();
  }

  private draw(): void {
    const { view, choices } = this;
    if (!view || this.x.value === "" || this.y.value === "") return;
    const runs = comparedRuns(view);
    const [x, y, colorBy] = [this.x.value, this.y.value, this.colorBy.value];
    const axis = (column: string, isLog: boolean) => ({
      column,
      ...(isLog ? { scale: "log" as const } : {}),
    });
    const draw = (width: number) =>
      runScatter(runs, {
        x: axis(x, choices.logX),
        y: axis(y, choices.logY),
        width,
        height: 380,
        ...(colorBy === "" ? {} : { colorBy }),
      });
    try {
      draw(400);
      this.problem.hidden = true;
      this.chart.show(draw);
    } catch (error) {
      this.problem.textContent = error instanceof Error ? error.message : String(error);
      this.problem.hidden = false;
    }
  }
}

/** Which params matter for a metric. */
export class CompareImportance {
  readonly element: HTMLElement;
  private readonly chart = new Chart("Importance of the params");
  private readonly told = el("div", { class: "quiet", role: "status" });
  private readonly metric: Select;
  private readonly over: Select;
  private asked = 0;
  private known = "";

  constructor(
    private readonly choices: ChartChoices,
    private readonly keep: () => void,
  ) {
    this.metric = new Select("Metric", (metric) => {
      choices.metric = metric;
      this.keep();
      void this.read();
    });
    this.over = new Select("Over", (over) => {
      choices.over = over as ChartChoices["over"];
      this.keep();
      void this.read();
    });
    this.over.show(
      [
        ["experiment", "all runs of the experiment"],
        ["compared", "the compared runs"],
      ],
      choices.over,
    );
    this.element = el(
      "div",
      {},
      el("div", { class: "controls" }, this.metric.element, this.over.element),
      this.told,
      this.chart.element,
    );
  }

  show(view: CompareView): void {
    const options = view.metrics.slice(0, mostOptions).map(({ key }) => optionOf(key));
    this.metric.show(options, this.choices.metric);
    void this.read();
  }

  private async read(): Promise<void> {
    const metric = this.metric.value;
    if (metric === "") {
      this.told.textContent = "These runs have no metrics.";
      return;
    }
    const asked = ++this.asked;
    if (this.known !== metric + this.choices.over) this.told.textContent = "Reckoning…";
    try {
      const { runs, params } = await request("param-importance", {
        metric,
        over: this.choices.over,
      });
      if (asked !== this.asked) return;
      this.known = metric + this.choices.over;
      this.told.textContent = `A random forest that predicts ${metric} from the params of ${runs.toLocaleString()} runs. It says what goes together, not what causes what.`;
      this.chart.element.hidden = params.length === 0;
      if (params.length === 0) this.told.textContent = "No param varies between these runs.";
      else this.chart.show((width) => paramImportanceChart(params, { metric, width }));
    } catch (error) {
      if (asked !== this.asked) return;
      this.chart.element.hidden = true;
      this.told.replaceChildren(
        emptyState(
          "graph",
          "The importance cannot be told from these runs",
          error instanceof Error ? error.message : String(error),
        ),
      );
    }
  }
}
