import type { ExplainableModel } from "../explain/explainable-model";
import type { RowMatrix } from "../explain/row-matrix";
import { matrixOf } from "./model-core";
import type { ModelRows } from "./model-rows";

/** Rows as numbers and back: a text is its place among those that occur. */
export function codingOf(
  { columns }: Pick<ExplainableModel, "columns">,
  ...tables: readonly ModelRows[]
) {
  const texts = columns.map(({ kind }, c) =>
    kind === "text"
      ? [...new Set(tables.flatMap((table) => Array.from(table.columns[c] ?? [], String)))]
      : null,
  );
  const codes = texts.map((list) => list && new Map(list.map((text, code) => [text, code])));
  const width = columns.length;
  return {
    /** By column the texts that codes stand for; null for numbers. */
    texts,
    encode: ({ count, columns: values }: ModelRows): RowMatrix => ({
      count,
      rows: matrixOf({
        count,
        columns: values.map((column, c) =>
          column instanceof Float64Array
            ? column
            : Float64Array.from(column, (text) => codes[c]?.get(text) ?? NaN),
        ),
      }),
    }),
    decode: (matrix: Float64Array, count: number): ModelRows => ({
      count,
      columns: columns.map((_, c) => {
        const list = texts[c];
        const numbers = new Float64Array(count);
        for (let row = 0; row < count; row++) numbers[row] = matrix[row * width + c] as number;
        return list ? Array.from(numbers, (code) => list[code] ?? "") : numbers;
      }),
    }),
  };
}
