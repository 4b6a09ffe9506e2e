import { AssayerError } from "../../errors";
import { finiteNumbers } from "../../evaluate/check";
import { leastSquares } from "./least-squares";

/** Columns of numbers, of one length. */
export type NumberColumns = Readonly<Record<string, ArrayLike<number>>>;

export interface CorrelationRemoverState {
  kind: "correlation-remover";
  format: 1;
  alpha: number;
  features: string[];
  sensitiveFeatures: string[];
  /** Mean of each sensitive feature. */
  means: number[];
  /** By feature: how much of each sensitive feature is in it. */
  weights: number[][];
}

/**
 * Takes out of features what sensitive ones tell of them: afterwards no feature correlates with any of those, on the
 * rows it was fitted on. Dependence that is not linear stays.
 *
 * @see Fairlearn 0.15, `CorrelationRemover`
 * @example new CorrelationRemover().fit({ income, age }, { female }).transform({ income, age }, { female })
 */
export class CorrelationRemover {
  readonly #alpha: number;
  #fitted: Omit<CorrelationRemoverState, "kind" | "format" | "alpha"> | undefined;

  /** @param options.alpha 0 leaves features as they are, 1 (the default) takes all out */
  constructor({ alpha = 1 }: { alpha?: number } = {}) {
    if (!(alpha >= 0 && alpha <= 1))
      throw new AssayerError(
        "invalid-argument",
        `CorrelationRemover requires an alpha from 0 to 1; got ${alpha}`,
      );
    this.#alpha = alpha;
  }

  /** A remover that was fitted before. */
  static fromJSON(state: CorrelationRemoverState): CorrelationRemover {
    const remover = new CorrelationRemover({ alpha: state.alpha });
    const { features, sensitiveFeatures, means, weights } = state;
    remover.#fitted = { features, sensitiveFeatures, means, weights };
    return remover;
  }

  /**
   * @param features n ≥ 1 finite numbers each
   * @param sensitiveFeatures as numbers; categories as columns of 0 and 1
   * @throws AssayerError "invalid-argument" for columns of different length or values that are not finite
   */
  fit(features: NumberColumns, sensitiveFeatures: NumberColumns): this {
    const own = columnsOf(features, sensitiveFeatures);
    const means = own.sensitive.map(
      (column) => column.reduce((sum, value) => sum + value, 0) / column.length,
    );
    const centred = own.sensitive.map((column, j) =>
      column.map((value) => value - (means[j] as number)),
    );
    this.#fitted = {
      features: Object.keys(features),
      sensitiveFeatures: Object.keys(sensitiveFeatures),
      means,
      weights: leastSquares(centred, own.plain).map((each) => [...each]),
    };
    return this;
  }

  /**
   * @returns the features without what the sensitive ones tell of them
   * @throws AssayerError "invalid-argument" before `fit`, or for other columns than it was fitted on
   */
  transform(
    features: NumberColumns,
    sensitiveFeatures: NumberColumns,
  ): Record<string, Float64Array> {
    const fitted = this.#requireFitted();
    requireNames("features", Object.keys(features), fitted.features);
    requireNames("sensitive features", Object.keys(sensitiveFeatures), fitted.sensitiveFeatures);
    const { plain, sensitive } = columnsOf(
      pick(features, fitted.features),
      pick(sensitiveFeatures, fitted.sensitiveFeatures),
    );
    return Object.fromEntries(
      plain.map((column, f) => {
        const weights = fitted.weights[f] as number[];
        const changed = column.map((value, i) => {
          let told = 0;
          for (const [j, own] of sensitive.entries())
            told += ((own[i] as number) - (fitted.means[j] as number)) * (weights[j] as number);
          return this.#alpha * (value - told) + (1 - this.#alpha) * value;
        });
        return [fitted.features[f] as string, changed];
      }),
    );
  }

  toJSON(): CorrelationRemoverState {
    return {
      kind: "correlation-remover",
      format: 1,
      alpha: this.#alpha,
      ...this.#requireFitted(),
    };
  }

  #requireFitted() {
    if (this.#fitted === undefined)
      throw new AssayerError(
        "invalid-argument",
        "CorrelationRemover requires fit before it is used; got none",
      );
    return this.#fitted;
  }
}

function pick(columns: NumberColumns, names: readonly string[]): NumberColumns {
  return Object.fromEntries(names.map((name) => [name, columns[name] as ArrayLike<number>]));
}

function requireNames(what: string, names: string[], expected: readonly string[]): void {
  if (names.length !== expected.length || expected.some((name) => !names.includes(name)))
    throw new AssayerError(
      "invalid-argument",
      `CorrelationRemover requires the ${what} it was fitted on, ${expected.join(", ")}; got ${names.join(", ")}`,
    );
}

function columnsOf(features: NumberColumns, sensitiveFeatures: NumberColumns) {
  const read = (columns: NumberColumns) =>
    Object.entries(columns).map(([name, column]) =>
      finiteNumbers("CorrelationRemover", name, column),
    );
  const plain = read(features);
  const sensitive = read(sensitiveFeatures);
  const rows = plain[0]?.length ?? 0;
  if (rows === 0 || sensitive.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `CorrelationRemover requires a feature, a sensitive feature and a row or more; got ${plain.length}, ${sensitive.length} and ${rows}`,
    );
  for (const column of [...plain, ...sensitive])
    if (column.length !== rows)
      throw new AssayerError(
        "invalid-argument",
        `CorrelationRemover requires columns of one length; got ${rows} and ${column.length}`,
      );
  return { plain, sensitive };
}
