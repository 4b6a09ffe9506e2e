import type { VegaLiteSpec } from "assayer/charts";
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { el } from "./el";
import { chartTheme, onThemeChange } from "./theme";

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

  /** @param draw the specification of a chart that is so many pixels wide, its axes with it */
  show(draw: Draw): void {
    this.draw = draw;
    this.render();
  }

  render(): void {
    if (!this.draw || this.width === 0) return;
    const autosize = { type: "fit-x", contains: "padding" };
    const spec = { ...this.draw(this.width), autosize } as unknown as TopLevelSpec;
    const theme = chartTheme();
    const compiled = compile(spec, { config: theme }).spec;
    this.view?.finalize();
    this.view = new View(parse(compiled, undefined, { ast: true }), {
      expr: expressionInterpreter,
      renderer: "svg",
      container: this.element,
      hover: true,
      tooltip: showTooltip,
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
