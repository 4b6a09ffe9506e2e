import type { VegaLiteSpec } from "../charts/spec";
import { escapeHtml } from "./html-table";

/** A light theme that reads on white pages as well as on grey ones. */
const config = {
  background: "white",
  font: "system-ui, sans-serif",
  axis: { labelColor: "#444", titleColor: "#222", gridColor: "#e4e4e4" },
  view: { stroke: "transparent" },
  style: { halo: { stroke: "white", strokeWidth: 4, strokeJoin: "round" } },
  range: {
    category: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#785ef0", "#444"],
    ramp: ["#e8a33d", "#dd5e66", "#a92395", "#5b02a3", "#1d0a6b"],
  },
};

/**
 * Draws a vega-lite spec as a static SVG, which needs no script where it is shown. The spec's
 * description becomes the label that screen readers tell.
 *
 * @example const svg = await renderSvg(metricCurves(curves));
 */
export function renderSvg(spec: VegaLiteSpec): Promise<string> {
  return drawSvg(spec, config);
}

/** As `renderSvg`, in the colours of `config`. */
export async function drawSvg(spec: VegaLiteSpec, config: object): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0], {
    config,
    logger: vega.logger(vega.Error),
  });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none" });
  try {
    return described(await view.toSVG(), spec["description"]);
  } finally {
    view.finalize();
  }
}

function described(svg: string, description: unknown): string {
  if (typeof description !== "string") return svg;
  return svg.replace(
    "<svg ",
    () => `<svg role="graphics-document" aria-label="${escapeHtml(description)}" `,
  );
}
