import type { VegaLiteSpec } from "assayer/charts";
import { loader, parse, View, type Runtime } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { el } from "./el";
import { chartTheme, onThemeChange } from "./theme";

/** Charts show what is in them: nothing is read from elsewhere, and nothing in them leads there. */
const noLoader = {
  ...loader(),
  load: () => Promise.reject(new Error("a chart here cannot read data from elsewhere")),
  sanitize: () => Promise.reject(new Error("a chart here has no links")),
};

type Draw = (width: number) => VegaLiteSpec;

const charts = new Set<Chart>();
onThemeChange(() => {
  for (const chart of charts) chart.render();
});

/**
 * A chart that fills the width of its element and follows the theme.
 *
 * Vega's expressions run in an interpreter, because the page forbids `eval`.
 */
export class Chart {
  readonly element: HTMLElement;
  private draw: Draw | undefined;
  private view: View | undefined;
  private width = 0;
  private fits = true;
  private clicked: ((datum: Readonly<Record<string, unknown>>) => void) | undefined;
  private readonly observer: ResizeObserver;

  constructor(label: string) {
    this.element = el("div", { class: "chart", role: "img", "aria-label": label });
    this.observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width === this.width || width === 0) return;
      this.width = width;
      // Drawing within the notice would change the layout that is being told about.
      requestAnimationFrame(() => {
        this.render();
      });
    });
    this.observer.observe(this.element);
    charts.add(this);
  }

  /**
   * @param draw the specification of a chart that is so many pixels wide, its axes with it
   * @param size whether it takes that width, or has one of its own
   */
  show(draw: Draw, size: "fit" | "own" = "fit"): void {
    this.draw = draw;
    this.fits = size === "fit";
    this.render();
  }

  /** Calls back with the data of what is clicked at. */
  onClick(listener: (datum: Readonly<Record<string, unknown>>) => void): void {
    this.clicked = listener;
  }

  render(): void {
    if (!this.draw || this.width === 0) return;
    const autosize = { type: "fit-x", contains: "padding" };
    const drawn = this.draw(this.width);
    const spec = (this.fits ? { ...drawn, autosize } : drawn) as unknown as TopLevelSpec;
    const theme = chartTheme();
    this.view?.finalize();
    this.view = undefined;
    try {
      this.mount(parse(compile(spec, { config: theme }).spec, undefined, { ast: true }));
    } catch (error) {
      // A figure that someone logged may be no chart.
      const why = error instanceof Error ? error.message : String(error);
      this.element.replaceChildren(
        el("p", { class: "quiet", title: why }, "Cannot be drawn: its vega-lite spec has a fault."),
      );
    }
  }

  private mount(runtime: Runtime): void {
    this.view = new View(runtime, {
      expr: expressionInterpreter,
      loader: noLoader,
      renderer: "svg",
      container: this.element,
      hover: true,
      tooltip: showTooltip,
    });
    this.view.addEventListener("click", (_event, item) => {
      const datum: unknown = item?.datum;
      if (typeof datum === "object" && datum !== null)
        this.clicked?.(datum as Readonly<Record<string, unknown>>);
    });
    void this.view.runAsync();
  }

  dispose(): void {
    charts.delete(this);
    this.observer.disconnect();
    this.view?.finalize();
    hideTooltip();
  }
}

const tooltip = el("div", { class: "chart-tooltip", hidden: true, "aria-hidden": "true" });

function showTooltip(_view: unknown, event: MouseEvent, _item: unknown, value: unknown): void {
  if (typeof value !== "object" || value === null) {
    hideTooltip();
    return;
  }
  if (!tooltip.isConnected) document.body.append(tooltip);
  tooltip.replaceChildren(
    ...Object.entries(value).flatMap(([name, text]) => [
      el("span", { class: "quiet" }, name),
      el("span", { class: "number" }, String(text)),
    ]),
  );
  tooltip.hidden = false;
  const left = Math.min(event.clientX + 14, window.innerWidth - tooltip.offsetWidth - 8);
  const above = event.clientY + 14 + tooltip.offsetHeight > window.innerHeight;
  tooltip.style.left = `${String(left)}px`;
  tooltip.style.top = `${String(above ? event.clientY - tooltip.offsetHeight - 10 : event.clientY + 14)}px`;
}

function hideTooltip(): void {
  tooltip.hidden = true;
}
