import { metricCurves } from "assayer/charts";
import { Chart } from "./chart";
import { el } from "./el";
import { formatNumber } from "./format";
import { arrange } from "./kept";
import { section } from "./parts";
import type { CurveView } from "./protocol";

interface Card {
  element: HTMLElement;
  chart: Chart;
  last: HTMLElement;
  /** Tells whether the curve is already drawn as it is now. */
  drawn: string;
}

/** The metric curves of a run. Cards live on between updates, so that a live run does not flicker. */
export class RunCurves {
  private readonly cards = new Map<string, Card>();
  private readonly grid = el("div", { class: "curves" });
  private readonly more = el("p", { class: "quiet" });
  private readonly section = section("Curves", null, this.grid, this.more);

  /** The section with a card for every metric that has more than one point. */
  show(curves: readonly CurveView[], more: number): HTMLElement | null {
    this.more.textContent =
      more > 0 ? `${more.toLocaleString()} more: compare the run to choose which are drawn.` : "";
    const drawable = curves.filter(({ steps }) => steps.length > 1);
    for (const [key, card] of this.cards)
      if (!drawable.some((curve) => curve.key === key)) {
        card.chart.dispose();
        this.cards.delete(key);
      }
    if (drawable.length === 0) return null;
    arrange(
      this.grid,
      drawable.map((curve) => {
        const card = this.cards.get(curve.key) ?? this.add(curve.key);
        update(card, curve);
        return card.element;
      }),
    );
    return this.section;
  }

  private add(key: string): Card {
    const chart = new Chart(`${key} over steps`);
    const last = el("span", { class: "number" });
    const element = el(
      "article",
      { class: "card curve", "data-metric": key },
      el("div", { class: "curve-head" }, el("h3", { title: key }, key), last),
      chart.element,
    );
    const card = { element, chart, last, drawn: "" };
    this.cards.set(key, card);
    return card;
  }
}

function update(card: Card, { key, steps, values }: CurveView): void {
  const last = values.at(-1) ?? NaN;
  const drawn = `${steps.length} ${steps.at(-1) ?? ""} ${last}`;
  if (drawn === card.drawn) return;
  card.drawn = drawn;
  card.last.textContent = formatNumber(last);
  card.chart.element.setAttribute(
    "aria-label",
    `${key} over ${steps.length} steps, last ${formatNumber(last)}`,
  );
  card.chart.show((width) =>
    metricCurves([{ run: "", key, steps, values }], { width, height: 140, axisTitles: false }),
  );
}
