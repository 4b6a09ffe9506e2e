import type { DriftVerdict } from "../drift/report";
import type { Sparkline } from "../charts/sparkline";
import type { VegaLiteSpec } from "../charts/spec";
import { escapeHtml } from "./html-table";
import { drawSvg } from "./render";

/** HTML that is safe to put into a page: every text in it is escaped. */
export type Html = string;

export const text = escapeHtml;

const colours = [
  ["#0072b2", "#56b4e9"],
  ["#d55e00", "#e69f00"],
  ["#009e73", "#2ec4a0"],
  ["#cc79a7", "#e58fbf"],
  ["#b58900", "#f0e442"],
  ["#56b4e9", "#ff7f50"],
  ["#5b5b5b", "#bdbdbd"],
] as const;

const variables = (side: 0 | 1) =>
  colours.map((pair, i) => `--assayer-${i}: ${pair[side]};`).join(" ");

const light = `--assayer-page: #fff; --assayer-ink: #1f2328; --assayer-quiet: #59636e; --assayer-line: #d1d9e0; --assayer-surface: #f6f8fa; ${variables(0)}`;
const dark = `--assayer-page: #1b1f24; --assayer-ink: #e6edf3; --assayer-quiet: #9aa4af; --assayer-line: #3d444d; --assayer-surface: #242a31; ${variables(1)}`;

/** The look of a report, light or dark as the reader's system is. */
export const reportStyle = `
.assayer-report { ${light} color-scheme: light; }
@media (prefers-color-scheme: dark) { .assayer-report { ${dark} color-scheme: dark; } }
.assayer-report { max-width: 1000px; margin: 0 auto; padding: 20px 24px 32px; background: var(--assayer-page); color: var(--assayer-ink); font: 14px/1.5 system-ui, sans-serif; }
.assayer-report h1 { margin: 0 0 6px; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
.assayer-report h2 { margin: 26px 0 10px; font-size: 16px; }
.assayer-report h3 { margin: 0 0 6px; font-size: 14px; }
.assayer-report p { margin: 0 0 6px; }
.assayer-report .quiet { color: var(--assayer-quiet); }
.assayer-report .lead { font-size: 16px; }
.assayer-report .facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 10px 0; }
.assayer-report .facts dt { color: var(--assayer-quiet); }
.assayer-report .facts dd { margin: 0; overflow-wrap: anywhere; }
.assayer-report .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 12px; }
.assayer-report .card { padding: 10px 14px; border: 1px solid var(--assayer-line); border-radius: 6px; background: var(--assayer-surface); }
.assayer-report .card strong { display: block; font-size: 18px; }
.assayer-report .badge { display: inline-block; padding: 0 8px; border: 1px solid var(--assayer-line); border-radius: 10px; font-size: 12px; line-height: 18px; white-space: nowrap; }
.assayer-report .badge.alarm { border-color: var(--assayer-1); background: color-mix(in srgb, var(--assayer-1) 22%, transparent); font-weight: 600; }
.assayer-report .badge.watch { border-color: var(--assayer-1); border-style: dashed; }
.assayer-report .badge.stable { border-color: var(--assayer-0); }
.assayer-report .badge.undecided { border-style: dotted; }
.assayer-report summary.plain { display: block; }
.assayer-report .wide td { min-width: 90px; }
.assayer-report details { border-top: 1px solid var(--assayer-line); }
.assayer-report details:last-child { border-bottom: 1px solid var(--assayer-line); }
.assayer-report summary { display: grid; grid-template-columns: 44px minmax(120px, 1fr) 100px 84px minmax(200px, 2.4fr); gap: 12px; align-items: center; padding: 7px 4px; cursor: pointer; list-style: none; }
.assayer-report summary::-webkit-details-marker { display: none; }
.assayer-report summary .badge { justify-self: start; }
.assayer-report .rank::before { content: "▸ "; }
.assayer-report details[open] .rank::before { content: "▾ "; }
.assayer-report summary:hover { background: var(--assayer-surface); }
.assayer-report summary:focus-visible { outline: 2px solid var(--assayer-0); }
.assayer-report .name { font-weight: 600; overflow-wrap: anywhere; }
.assayer-report .name span { display: block; color: var(--assayer-quiet); font-size: 12px; font-weight: 400; }
.assayer-report .charts { display: flex; flex-wrap: wrap; gap: 12px 24px; padding: 8px 4px 12px; overflow-x: auto; }
.assayer-report .scroll { overflow-x: auto; }
.assayer-report svg { display: block; max-width: 100%; height: auto; }
.assayer-report table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.assayer-report th, .assayer-report td { padding: 3px 14px 3px 0; border-bottom: 1px solid var(--assayer-line); text-align: left; vertical-align: top; }
.assayer-report th { color: var(--assayer-quiet); font-weight: 600; }
.assayer-report .number { text-align: right; }
@media (max-width: 720px) { .assayer-report summary { grid-template-columns: 24px 1fr auto; } .assayer-report summary > :nth-child(3), .assayer-report summary > :nth-child(5) { display: none; } }
@media print { .assayer-report summary { break-after: avoid; } }
`;

/** Colours as variables of the page, with those of a light page where the style is lost. */
const themeConfig = {
  // The chart as a whole is told to screen readers, and the numbers follow as a table.
  aria: false,
  background: "transparent",
  font: "system-ui, sans-serif",
  axis: {
    labelColor: "var(--assayer-quiet, #444)",
    titleColor: "var(--assayer-quiet, #222)",
    gridColor: "var(--assayer-line, #e4e4e4)",
    domainColor: "var(--assayer-line, #888)",
    tickColor: "var(--assayer-line, #888)",
    titleFontWeight: "normal",
  },
  legend: { labelColor: "var(--assayer-ink, #222)", titleColor: "var(--assayer-quiet, #222)" },
  text: { color: "var(--assayer-ink, #222)" },
  rule: { color: "var(--assayer-quiet, #666)" },
  view: { stroke: "transparent" },
  range: {
    category: colours.map(([colour], i) => `var(--assayer-${i}, ${colour})`),
    // Between these, colours are computed: they read on a light page and on a dark one.
    ramp: ["#d9902f", "#dc5f68", "#b640a6", "#7c5ce6"],
  },
  bar: { color: `var(--assayer-0, ${colours[0][0]})` },
  title: { color: "var(--assayer-quiet, #444)" },
  style: { halo: { stroke: "var(--assayer-page, #fff)", strokeWidth: 4, strokeJoin: "round" } },
};

/** A chart as an inline SVG in the page's colours. */
export function chart(spec: VegaLiteSpec): Promise<Html> {
  return drawSvg(spec, themeConfig);
}

/** Both sides over each other, the reference first. */
export function sparklineSvg(drawn: Sparkline | null): Html {
  if (drawn === null) return "<span></span>";
  const { width, height, style, reference, current } = drawn;
  const path = (d: string, i: number) =>
    d === ""
      ? ""
      : style === "fill"
        ? `<path d="${d}" fill="var(--assayer-${i}, ${colours[i]?.[0] ?? ""})" fill-opacity="0.5"/>`
        : `<path d="${d}" fill="none" stroke="var(--assayer-${i}, ${colours[i]?.[0] ?? ""})" stroke-width="1.5"/>`;
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${path(reference, 0)}${path(current, 1)}</svg>`;
}

export function badge(verdict: DriftVerdict, words: string = verdict): Html {
  return `<span class="badge ${text(verdict)}">${text(words)}</span>`;
}

export function facts(pairs: readonly (readonly [string, string])[]): Html {
  return `<dl class="facts">${pairs.map(([key, value]) => `<dt>${text(key)}</dt><dd>${text(value)}</dd>`).join("")}</dl>`;
}

export function card(title: string, value: string, note: string): Html {
  return `<div class="card"><span class="quiet">${text(title)}</span><strong>${text(value)}</strong>${text(note)}</div>`;
}

export function warningList(warnings: readonly string[]): Html {
  if (warnings.length === 0) return "";
  return `<h2>What to know</h2><ul>${warnings.map((warning) => `<li>${text(warning)}</li>`).join("")}</ul>`;
}

/** Rows of a table; the first cell of each is its heading. */
export function dataTable(
  titles: readonly string[],
  rows: readonly (readonly Html[])[],
  numeric: (column: number) => boolean = (column) => column > 0,
): Html {
  const classOf = (column: number) => (numeric(column) ? ' class="number"' : "");
  const head = titles.map((title, i) => `<th scope="col"${classOf(i)}>${text(title)}</th>`);
  const body = rows.map(
    (cells) =>
      `<tr>${cells.map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<td${classOf(i)}>${cell}</td>`)).join("")}</tr>`,
  );
  return `<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** Five significant digits, thousands grouped. */
export function number(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  return size >= 1e7 || size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(5)));
}

export function rows(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"}`;
}

export function moment(iso: string): string {
  return iso.replace("T", " ").replace(/(?:\.\d+)?Z$/u, " UTC");
}

/** Milliseconds since the epoch; some are beyond what a date can hold. */
export function momentAt(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "–" : moment(date.toISOString());
}
