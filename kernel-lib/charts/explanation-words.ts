import type { CellValue, ExplanationMethod } from "../explain/explanation";
import { short } from "./fairness-words";
import { formatValue } from "./format-value";

/** Longer texts would leave no room for what is drawn. */
const longestText = 40;

/** A value of a column as a label. */
export function valueText(value: CellValue): string {
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return "missing";
  if (value === Infinity || value === -Infinity) return value > 0 ? "∞" : "−∞";
  if (typeof value === "number") return formatValue(value).replace("-", "−");
  const text = formatValue(value);
  if (text.trim() === "") return `"${text}"`;
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}

/** A SHAP value with its sign: `+0.42`, `−1.3`; what rounding leaves of 0 is 0. */
export function effectText(value: number): string {
  if (Math.abs(value) < 1e-12) return "0";
  return value > 0 ? `+${short(value)}` : short(value);
}

const methodTexts: Record<ExplanationMethod, string> = {
  "tree-path-dependent": "exact SHAP of trees, by how the training rows fell",
  "tree-interventional": "exact SHAP of trees, against background rows",
  linear: "exact SHAP of a linear model",
  "linear-correlated": "SHAP of a linear model, columns taken as correlated",
  exact: "exact SHAP by all sets of columns",
  kernel: "kernel SHAP, sampled",
  permutation: "permutation SHAP, sampled",
  sampling: "sampled SHAP",
};

/** How the values were computed, in words. */
export function methodText(method: ExplanationMethod): string {
  return Object.hasOwn(methodTexts, method) ? methodTexts[method] : formatValue(method);
}
