import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CellValue } from "../../kernel-lib/explain/explanation";
import type { ModelColumn } from "../../kernel-lib/explain/explainable-model";
import { openSession } from "../../kernel-lib/onnx/session";
import { withoutZipMap } from "../../kernel-lib/onnx/without-zip-map";

const folder = join(__dirname, "..", "onnx", "explainable", "fixtures");
const golden = JSON.parse(
  readFileSync(join(__dirname, "..", "parity", "golden", "explainable-models.json"), "utf8"),
) as Record<
  string,
  { inputs: Record<string, { shape: number[]; data: (number | string | null)[] }> }
>;

/** Models of scikit-learn, XGBoost and LightGBM as converters write them, with rows of the data that they learned. */
export const fixtureNames = readdirSync(folder).map((name) => name.replace(".onnx", ""));

export function fixtureModel(name: string): Uint8Array {
  return readFileSync(join(folder, `${name}.onnx`));
}

/** The rows of a fixture as a table with the names that the model's columns have. */
export function fixtureRows(
  name: string,
  columns: readonly ModelColumn[],
): Record<string, CellValue[]> {
  const { inputs = {} } = golden[name] ?? {};
  const values = Object.values(inputs).flatMap(({ shape: [rows = 0, width = 1], data }) =>
    Array.from({ length: width }, (_, c) =>
      Array.from({ length: rows }, (_, row) => data[row * width + c] ?? null),
    ),
  );
  return Object.fromEntries(columns.map((column, c) => [column.name, values[c] ?? []]));
}

export function slice(
  table: Record<string, CellValue[]>,
  start: number,
  end: number,
): Record<string, CellValue[]> {
  return Object.fromEntries(
    Object.entries(table).map(([name, values]) => [name, values.slice(start, end)]),
  );
}

/** What ONNX Runtime says of rows of the model's columns, by its own tensors: some columns of one output. */
export async function runtimeAnswers(model: Uint8Array): Promise<{
  ask: (
    rows: CellValue[][],
    compared: { output: string; columns: number[] },
  ) => Promise<number[][]>;
  close: () => Promise<void>;
}> {
  const session = await openSession(withoutZipMap(model));
  const ask = async (rows: CellValue[][], compared: { output: string; columns: number[] }) => {
    let first = 0;
    const inputs = session.inputs.map(({ name, datatype, shape }) => {
      const width = session.inputs.length === 1 ? (rows[0]?.length ?? 0) : (shape[1] ?? 1);
      const data = rows.flatMap((row) =>
        row.slice(first, first + width).map((value) => value ?? NaN),
      );
      first += width;
      return { name, datatype, shape: [rows.length, width], data };
    });
    const [answer] = await session.infer(inputs, [compared.output]);
    const depth = Number(answer?.data.length) / rows.length;
    return rows.map((_, row) =>
      compared.columns.map((column) => Number(answer?.data[row * depth + column])),
    );
  };
  return { ask, close: () => session.close() };
}

/**
 * SHAP values by their definition: for each coalition of columns the mean answer over the background, and of each
 * column what joining adds, weighted by how many orders there are.
 *
 * @returns outputs × columns
 */
export async function bruteForce(
  ask: (rows: CellValue[][]) => Promise<number[][]>,
  row: CellValue[],
  background: CellValue[][],
): Promise<number[][]> {
  const p = row.length;
  const coalitions = Array.from({ length: 2 ** p }, (_, bits) => bits);
  const asked = coalitions.flatMap((bits) =>
    background.map((other) =>
      row.map((value, c) => ((bits >> c) & 1 ? value : (other[c] ?? null))),
    ),
  );
  const answers = await ask(asked);
  const outputs = answers[0]?.length ?? 0;
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const size = (bits: number) => bits.toString(2).replaceAll("0", "").length;
  return Array.from({ length: outputs }, (_, o) => {
    const value = (bits: number) => {
      const of = answers.slice(bits * background.length, (bits + 1) * background.length);
      return of.reduce((sum, answer) => sum + (answer[o] ?? NaN), 0) / background.length;
    };
    return row.map((_, c) =>
      coalitions
        .filter((bits) => !((bits >> c) & 1))
        .reduce((sum, bits) => {
          const weight = (factorial(size(bits)) * factorial(p - size(bits) - 1)) / factorial(p);
          return sum + weight * (value(bits | (1 << c)) - value(bits));
        }, 0),
    );
  });
}
