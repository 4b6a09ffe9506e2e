import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expressionInterpreter } from "vega-interpreter";
import type { VegaLiteSpec } from "../../kernel-lib/charts/index";

/** A chart as a webview draws it: compiled by vega-lite, its expressions run without `eval`. */
export interface Drawing {
  svg: () => Promise<string>;
  /** Puts rows into one of the chart's data sets, as a pointer would, and draws it again. */
  set: (dataset: string, rows: readonly object[]) => Promise<string>;
  /** What vega and vega-lite complained of. */
  warnings: string[];
}

export async function draw(spec: VegaLiteSpec): Promise<Drawing> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const warnings: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, input: unknown[]) => {
    warnings.push(input.map(String).join(" "));
  });
  const compiled = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0], {
    logger,
  });
  const view = new vega.View(vega.parse(compiled.spec, undefined, { ast: true }), {
    renderer: "none",
    expr: expressionInterpreter,
    logger,
  });
  return {
    warnings,
    svg: () => view.toSVG(),
    set: async (dataset, rows) => {
      await view.data(dataset, [...rows]).runAsync();
      return view.toSVG();
    },
  };
}

/** Draws the spec, and holds that nothing is warned of and no place is NaN. */
export async function drawClean(spec: VegaLiteSpec): Promise<string> {
  const drawing = await draw(spec);
  const svg = await drawing.svg();
  assert.deepEqual(drawing.warnings, []);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/u);
  return svg;
}

/** The `d` of every path of the marks whose class holds `name`, in the order they are drawn. */
export function pathsOf(svg: string, name: string): string[] {
  const groups = svg.matchAll(
    new RegExp(`<g class="mark-[a-z]+ role-mark [a-z0-9_]*${name}"(?:[^>]*[^/])?>(.*?)</g>`, "gsu"),
  );
  return [...groups].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/ d="([^"]+)"/gu)].map(([, d = ""]) => d),
  );
}

/** The texts of an SVG. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/gu)].map(([, text = ""]) => text);
}

/** Holds a spec to the one in `snapshots/`; with ASSAYER_SNAPSHOTS=write, writes it there. */
export function assertSnapshot(name: string, spec: VegaLiteSpec): void {
  const path = join(__dirname, "snapshots", `${name}.json`);
  const plain: unknown = JSON.parse(JSON.stringify(spec));
  if (process.env["ASSAYER_SNAPSHOTS"] === "write")
    writeFileSync(path, `${JSON.stringify(plain, null, 2)}\n`);
  assert.ok(existsSync(path), `${path} is there; ASSAYER_SNAPSHOTS=write makes it`);
  assert.deepEqual(plain, JSON.parse(readFileSync(path, "utf8")));
}
