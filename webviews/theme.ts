import type { Config } from "vega-lite";

/** Okabe and Ito's colours that colour-blind readers tell apart, ordered for contrast on light and on dark. */
const onLight = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#5b5b5b"];
const onDark = ["#56b4e9", "#e69f00", "#2ec4a0", "#e58fbf", "#f0e442", "#ff7f50", "#bdbdbd"];

/** From low to high, for numbers as colours: lightness alone tells them apart, against either page. */
const rampOnLight = ["#e8a33d", "#dd5e66", "#a92395", "#5b02a3", "#1d0a6b"];
const rampOnDark = ["#8a5ce0", "#c9489a", "#ee7b51", "#fcb92f", "#f4f58a"];

/** VS Code's colours as a vega-lite config. */
export function chartTheme(): Config {
  const style = getComputedStyle(document.body);
  const colour = (name: string, otherwise: string) =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const { classList } = document.body;
  const highContrast =
    classList.contains("vscode-high-contrast") || classList.contains("vscode-high-contrast-light");
  const light =
    classList.contains("vscode-light") || classList.contains("vscode-high-contrast-light");
  const foreground = colour("foreground", light ? "#3b3b3b" : "#cccccc");
  const quiet = highContrast ? foreground : colour("descriptionForeground", foreground);
  const line = highContrast
    ? colour("contrastBorder", foreground)
    : colour("editorWidget-border", colour("widget-border", light ? "#d4d4d4" : "#454545"));
  const palette = light ? onLight : onDark;
  const accent = highContrast
    ? colour("textLink-foreground", foreground)
    : colour("charts-blue", palette[0] ?? foreground);
  const font = colour("font-family", "sans-serif");
  const width = highContrast ? 2.5 : 1.75;
  return {
    background: "transparent",
    font,
    padding: 4,
    view: { stroke: null },
    axis: {
      labelColor: quiet,
      titleColor: quiet,
      domainColor: line,
      tickColor: line,
      gridColor: line,
      gridOpacity: highContrast ? 0.6 : 0.5,
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: "normal",
      tickSize: 4,
      labelPadding: 5,
    },
    axisY: { domain: false, ticks: false },
    header: { labelColor: foreground, titleColor: foreground, labelFontSize: 12 },
    legend: { labelColor: foreground, titleColor: quiet, labelFontSize: 11, titleFontSize: 11 },
    title: { color: foreground, fontSize: 13 },
    line: { strokeWidth: width, color: accent, strokeJoin: "round", strokeCap: "round" },
    point: { color: accent, filled: true },
    bar: { color: accent },
    rule: { color: line },
    text: { color: foreground },
    style: {
      halo: {
        stroke: colour("editor-background", light ? "#ffffff" : "#1f1f1f"),
        strokeWidth: 4,
        strokeJoin: "round",
      },
    },
    range: { category: palette, ramp: light ? rampOnLight : rampOnDark },
  };
}

/** Calls back when the user changes the colour theme: VS Code then renames the body's classes. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, {
    attributeFilter: ["class", "data-vscode-theme-id"],
  });
}
