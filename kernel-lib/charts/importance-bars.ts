import { columnText, explainedRows, otherColumns, topColumns, type Explained } from "./explained";
import { short } from "./fairness-words";
import { importanceBar, importanceSpec } from "./importance-marks";
import { type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface ImportanceBarsOptions {
  /** Which output; default the first. */
  output?: string;
  /** Most columns drawn, the most important first; the others are summed. Default 20. */
  limit?: number;
  /** Pixels of the bars' plot; default 320. */
  width?: number;
}

const series = "importance";

/**
 * A bar for each column, as long as its mean |SHAP value|, with the interval of that mean.
 *
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example importanceBars(report)
 */
export function importanceBars(
  given: Explained,
  options: ImportanceBarsOptions = {},
): VegaLiteSpec {
  const { limit = 20, width = 320 } = options;
  const explained = explainedRows(given, options.output);
  const { importance, unit } = explained;
  const { shown, rest } = topColumns(explained, limit);
  const sum = rest.reduce((total, column) => total + (importance[column]?.value ?? 0), 0);
  const bars = [
    ...shown.flatMap((column) => {
      const found = importance[column];
      return found ? [importanceBar(columnText(explained, column), series, found)] : [];
    }),
    ...(rest.length === 0
      ? []
      : [
          {
            ...importanceBar(otherColumns(rest.length), series, {
              value: sum,
              lower: sum,
              upper: sum,
            }),
            text: `${short(sum)} in sum`,
          },
        ]),
  ];
  return importanceSpec(bars, [series], {
    width,
    title: titleOf(`mean |SHAP value| (${unit})`),
    description: `Importance of ${importance.length} columns`,
  });
}
