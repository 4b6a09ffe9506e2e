import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import type { CellValue, Explanation } from "../explain/explanation";
import { openExplainer, type Explainer } from "../explainers/open-explainer";
import type { InferTensor, TensorSpec } from "../onnx/tensor";
import type { Columns } from "../store/tables/table-data";
import type { ExplainWish } from "./explain-wish";

/** What a request may ask for: explaining takes the processor from all other requests. */
const most = { rows: 100, milliseconds: 2000, firstRow: 500 } as const;

/** Milliseconds for which what was refused stays so, at least, and in times of what it took to find out. */
const shortestPause = 500;
const pauses = 30;

/** Why one answer is what it is, as JSON carries it. */
export interface ServedExplanation {
  method: string;
  output: string;
  /** What the numbers are measured in. */
  unit: string;
  outputs: string[];
  columns: string[];
  /** By output. */
  base_value: number[];
  /** Rows × outputs. */
  prediction: number[][];
  /** Rows × outputs × columns; absent where `top` is asked for. */
  shap_values?: number[][][];
  /** Rows × outputs: the columns that add most, and the sum of the others. */
  top?: { columns: { column: string; shap_value: number }[]; others: number }[][];
}

/** The explainers of one loaded version: opened when they are asked for, kept until it is released. */
export class VersionExplainers {
  private readonly explainers = new Map<string, Promise<Explainer>>();

  constructor(
    private readonly model: {
      inputs: readonly TensorSpec[];
      columns: readonly string[] | undefined;
      read: () => Promise<Uint8Array>;
      background: () => Promise<Columns | null>;
    },
  ) {}

  /**
   * @throws AssayerError "invalid-input" for a version that cannot be explained exactly, too many rows, or rows that take
   *   too long
   */
  async explain(inputs: readonly InferTensor[], wish: ExplainWish): Promise<ServedExplanation> {
    try {
      return await this.explainRows(rowsOf(inputs, this.model.inputs), wish);
    } catch (error) {
      if (!(error instanceof AssayerError)) throw error;
      const isOfRequest = ["invalid-argument", "invalid-model", "empty-sample"].includes(
        error.code,
      );
      throw isOfRequest
        ? new AssayerError("invalid-input", error.message, { cause: error })
        : error;
    }
  }

  async close(): Promise<void> {
    for (const opening of this.explainers.values())
      await opening.then(
        (explainer) => explainer.close(),
        () => undefined,
      );
  }

  private async explainRows(
    rows: readonly CellValue[][],
    wish: ExplainWish,
  ): Promise<ServedExplanation> {
    if (rows.length > most.rows) throw refuse(`at most ${most.rows} rows`, String(rows.length));
    const explainer = await this.explainer(wish);
    const start = performance.now();
    const explained: Explanation[] = [];
    for (const row of rows) {
      explained.push(await explainer.explain([row]));
      // Other requests come in between.
      await nextTurn();
      if (performance.now() - start > most.milliseconds && explained.length < rows.length)
        throw refuse(
          `rows that are explained within ${most.milliseconds} ms`,
          `${rows.length}, of which ${explained.length} were by then: send fewer`,
        );
    }
    return answerOf(explainer, explained, wish.top);
  }

  private explainer({ method = "auto", output = "raw" }: ExplainWish): Promise<Explainer> {
    const key = `${method} ${output}`;
    const known = this.explainers.get(key);
    if (known) return known;
    const start = performance.now();
    const opening = this.open(method, output);
    this.explainers.set(key, opening);
    // A background may be there the next time, or a file be mended; trying must not take the time of other requests.
    opening.catch(() => {
      const pause = Math.max(shortestPause, pauses * (performance.now() - start));
      setTimeout(() => this.explainers.delete(key), pause).unref();
    });
    return opening;
  }

  private async open(
    method: NonNullable<ExplainWish["method"]>,
    output: NonNullable<ExplainWish["output"]>,
  ): Promise<Explainer> {
    const { read, background: readBackground, columns } = this.model;
    const background = await readBackground();
    const explainer = await openExplainer(await read(), {
      method,
      output,
      ...(columns && { columns }),
      ...(background && { background }),
    });
    try {
      if (!/^(?:tree|linear)/u.test(explainer.method))
        throw refuse(
          "a version of trees or a linear one, which is explained exactly",
          explainer.model.why ?? `the output ${output}, which is not exact for it`,
        );
      await requireSpeed(explainer, background);
      return explainer;
    } catch (error) {
      await explainer.close();
      throw error;
    }
  }
}

/** A version whose rows take long is not explained here: nobody would be answered meanwhile. */
async function requireSpeed(explainer: Explainer, background: Columns | null): Promise<void> {
  if (background === null) return;
  const first = Object.fromEntries(
    Object.entries(background).map(([name, values]) => [name, [values[0]]]),
  );
  const start = performance.now();
  await explainer.explain(first);
  const milliseconds = performance.now() - start;
  if (milliseconds > most.firstRow)
    throw refuse(
      `a version of which a row is explained within ${most.firstRow} ms`,
      `one that took ${Math.round(milliseconds)} ms`,
    );
}

/** Rows of a request's tensors, in the order of the model's columns. */
function rowsOf(inputs: readonly InferTensor[], specs: readonly TensorSpec[]): CellValue[][] {
  const tensors = specs.map((spec) => inputs.find(({ name }) => name === spec.name));
  const count = tensors[0]?.shape[0] ?? 0;
  return Array.from({ length: count }, (_, row) =>
    tensors.flatMap((tensor) => {
      const width = (tensor?.data.length ?? 0) / count;
      const values = tensor?.data.slice(row * width, (row + 1) * width) ?? [];
      // JSON has NaN and infinities as text.
      return values.map((value) =>
        tensor?.datatype === "BYTES" && typeof value === "string" ? value : Number(value),
      );
    }),
  );
}

function answerOf(
  { method, output, unit, model }: Explainer,
  explained: readonly Explanation[],
  top: number | undefined,
): ServedExplanation {
  const columns = model.columns.map(({ name }) => name);
  const width = columns.length;
  const valuesOf = ({ shapValues }: Explanation) =>
    model.outputs.map((_, o) => Array.from(shapValues.subarray(o * width, (o + 1) * width)));
  const ranked = (values: readonly number[], count: number) => {
    const order = values
      .map((shap_value, c) => ({ column: columns[c] ?? "", shap_value }))
      .sort((a, b) => Math.abs(b.shap_value) - Math.abs(a.shap_value));
    const others = order.slice(count).reduce((sum, { shap_value }) => sum + shap_value, 0);
    return { columns: order.slice(0, count), others };
  };
  return {
    method,
    output,
    unit,
    outputs: [...model.outputs],
    columns,
    base_value: Array.from(explained[0]?.baseValue ?? []),
    prediction: explained.map(({ predictions }) => Array.from(predictions)),
    ...(top === undefined
      ? { shap_values: explained.map(valuesOf) }
      : { top: explained.map((each) => valuesOf(each).map((values) => ranked(values, top))) }),
  };
}

function refuse(wanted: string, got: string): AssayerError {
  return new AssayerError("invalid-input", `explain requires ${wanted}; got ${got}`);
}
