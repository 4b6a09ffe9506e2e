import { errorTreeChart, errorTreeLines, figureText, sliceBars } from "assayer/charts";
import type { FairnessReport } from "assayer";
import { Chart } from "./chart";
import { el } from "./el";
import { emptyState, section, table } from "./parts";
import { numberText } from "./report-parts";

const lossWords = { binary: "share of wrong answers", regression: "mean absolute error" } as const;

/** Where the model is significantly worse, and how its errors gather. */
export function errorsPart({ slices, errorTree, problem }: FairnessReport): HTMLElement {
  const tree = errorTree ?? [];
  if (slices.length === 0 && tree.length === 0)
    return section(
      "Where it errs",
      null,
      emptyState(
        "search",
        "No part of the data stands out",
        "A report made with features tells where the model is significantly worse.",
      ),
    );
  return section(
    "Where it errs",
    null,
    el(
      "div",
      { class: "two" },
      slices.length > 0 && slicesCard(slices, lossWords[problem]),
      tree.length > 0 && treeCard(tree, problem),
    ),
  );
}

function slicesCard(slices: FairnessReport["slices"], loss: string): HTMLElement {
  const chart = new Chart(`${loss} where the model is worse; the numbers follow as a table`);
  chart.show((width) => sliceBars(slices, { width, loss }));
  return el(
    "div",
    { class: "card" },
    el("h3", {}, "Significantly worse than elsewhere"),
    chart.element,
    numbers(
      table(
        "Slices",
        [
          { title: "Rows in which" },
          { title: "Rows", numeric: true },
          { title: loss, numeric: true },
          { title: "All others", numeric: true },
          { title: "Adjusted p", numeric: true },
        ],
        slices.map((slice) => [
          slice.name,
          slice.rows.toLocaleString(),
          figureText(slice.loss),
          numberText(round(slice.otherLoss)),
          numberText(round(slice.adjustedPValue)),
        ]),
      ),
    ),
  );
}

function treeCard(
  tree: NonNullable<FairnessReport["errorTree"]>,
  problem: "binary" | "regression",
) {
  const chart = new Chart("How errors gather; the numbers follow as a table");
  const loss = problem === "binary" ? "wrong" : "mean absolute error";
  chart.show((width) => errorTreeChart(tree, { width: width - 12, loss }), "own");
  return el(
    "div",
    { class: "card" },
    el("h3", {}, "How errors gather"),
    chart.element,
    numbers(
      table(
        "Error tree",
        [
          { title: "Rows in which" },
          { title: "Rows", numeric: true },
          { title: "Errors", numeric: true },
          { title: lossWords[problem], numeric: true },
        ],
        errorTreeLines(tree).map((line) => [
          `${"› ".repeat(line.depth)}${line.text}`,
          line.rows.toLocaleString(),
          numberText(round(line.errors)),
          numberText(round(line.loss)),
        ]),
      ),
    ),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function numbers(content: HTMLElement): HTMLElement {
  return el("details", { class: "numbers" }, el("summary", {}, "Numbers"), content);
}
