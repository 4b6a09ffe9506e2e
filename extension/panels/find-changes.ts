import type { CellValue, ExplanationReport, Explainer } from "assayer";
import type { AskedChanges, FoundChanges } from "../../webviews/protocol";
import { loadLibrary } from "../library";

/** Columns that are changed at most, and ways that are told. */
const mostChanges = 3;
const ways = 3;

/**
 * The nearest values that have the prediction that is aimed at, by what the report's data holds, with the columns held
 * that the reader holds.
 */
export async function findChanges(
  explainer: Explainer,
  report: ExplanationReport,
  { values, output, aim, held, sequence }: AskedChanges,
  signal: AbortSignal,
): Promise<FoundChanges> {
  const { counterfactuals } = await loadLibrary();
  const { columns } = report;
  const coding = codingOf(report, values);
  const data = [...report.sample.map((row) => row.values), ...report.backgroundRows];
  const found = await counterfactuals(coding.encode([values]), {
    predict: (rows, count) => explainer.predict(coding.decode(rows, count)),
    data: { rows: coding.encode(data), count: data.length },
    columns: columns.map((name, c) => {
      const labels = coding.texts[c];
      const grid = thresholdsOf(explainer, c);
      return {
        name,
        fixed: held.includes(name),
        ...(labels ? { kind: "category" as const, labels } : {}),
        ...(grid ? { grid } : {}),
      };
    }),
    goal: {
      output: Math.max(0, explainer.model.outputs.indexOf(output)),
      ...(aim.side === "at least" ? { atLeast: aim.value } : { atMost: aim.value }),
    },
    count: ways,
    mostChanges,
    signal,
  });
  const place = Math.max(0, explainer.model.outputs.indexOf(output));
  return {
    sequence,
    changes: found.counterfactuals.map(({ row, predictions }) => ({
      values: coding.decode(row, 1)[0] ?? [],
      prediction: predictions[place] ?? NaN,
    })),
    note: found.reached
      ? `The prediction is ${aim.side} ${aim.value} already.`
      : `No change of up to ${mostChanges} columns was found that gives it, within the values of the data.`,
  };
}

/** Rows as numbers and back: a text is its place among those that are known. */
function codingOf(
  { columns, sample, backgroundRows }: ExplanationReport,
  own: readonly CellValue[],
) {
  const all = [own, ...sample.map(({ values }) => values), ...backgroundRows];
  const texts = columns.map((_, c) => {
    const known = all.map((row) => row[c]).filter((value) => typeof value === "string");
    return known.length === 0 ? null : [...new Set(known)].sort();
  });
  const codes = texts.map((labels) => new Map(labels?.map((label, code) => [label, code])));
  const width = columns.length;
  return {
    texts,
    encode(rows: readonly (readonly CellValue[])[]): Float64Array {
      const matrix = new Float64Array(rows.length * width).fill(NaN);
      rows.forEach((row, r) => {
        for (let c = 0; c < width; c++) {
          const value = row[c] ?? null;
          if (typeof value === "number") matrix[r * width + c] = value;
          else if (value !== null) matrix[r * width + c] = codes[c]?.get(value) ?? NaN;
        }
      });
      return matrix;
    },
    decode(matrix: Float64Array, count: number): CellValue[][] {
      return Array.from({ length: count }, (_, r) =>
        texts.map((labels, c): CellValue => {
          const value = matrix[r * width + c] ?? NaN;
          if (Number.isNaN(value)) return null;
          return labels ? (labels[value] ?? null) : value;
        }),
      );
    },
  };
}

/** Where trees ask about a column, if they are asked in its own values. */
function thresholdsOf({ model }: Explainer, column: number): Float64Array | null {
  const { core, encoder, origin } = model;
  if (core?.kind !== "trees" || encoder !== null) return null;
  const { feature, threshold } = core.ensemble;
  return threshold.filter((_, node) => origin[feature[node] ?? -1] === column);
}
