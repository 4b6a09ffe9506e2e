import { AssayerError } from "../../errors";
import { finiteNumbers, requirePairs } from "../../evaluate/check";
import type { NumberColumns } from "./correlation-remover";
import { groupRows } from "./group-rows";

export interface DisparateImpactRemoverState {
  kind: "disparate-impact-remover";
  format: 1;
  repairLevel: number;
  groups: string[];
  features: FittedFeature[];
}

interface FittedFeature {
  feature: string;
  /** All distinct values, ascending. */
  values: number[];
  /** By group: its distinct values as positions in `values`, and the position each is moved towards. */
  own: number[][];
  targets: number[][];
}

/**
 * Moves each feature's values so that its distribution is alike in all groups, and keeps the order within a group: a
 * value goes towards the median, over the groups, of what stands at the same rank. Values stay among those that were
 * seen. Rows of new data move as the nearest value of their group did.
 *
 * @see Feldman et al. 2015, "Certifying and removing disparate impact"; AIF360 0.6, `DisparateImpactRemover`, whose
 *   answer on the rows it was fitted on this is
 */
export class DisparateImpactRemover {
  readonly #repairLevel: number;
  #fitted: { groups: string[]; features: FittedFeature[] } | undefined;

  /** @param options.repairLevel 0 leaves features as they are, 1 (the default) makes groups alike */
  constructor({ repairLevel = 1 }: { repairLevel?: number } = {}) {
    if (!(repairLevel >= 0 && repairLevel <= 1))
      throw new AssayerError(
        "invalid-argument",
        `DisparateImpactRemover requires a repairLevel from 0 to 1; got ${repairLevel}`,
      );
    this.#repairLevel = repairLevel;
  }

  static fromJSON(state: DisparateImpactRemoverState): DisparateImpactRemover {
    const remover = new DisparateImpactRemover({ repairLevel: state.repairLevel });
    remover.#fitted = { groups: state.groups, features: state.features };
    return remover;
  }

  /**
   * @param features n ≥ 1 finite numbers each
   * @param groups n values; a missing one is a group of its own
   * @throws AssayerError "invalid-argument" for columns of different length or values that are not finite
   */
  fit(features: NumberColumns, groups: ArrayLike<unknown>): this {
    const { names, members } = groupRows("DisparateImpactRemover", { groups }, groups.length);
    this.#fitted = {
      groups: names,
      features: Object.entries(features).map(([feature, column]) =>
        fitFeature(feature, checked(feature, column, groups), members),
      ),
    };
    return this;
  }

  /**
   * @returns the repaired features; features it was not fitted on are left out
   * @throws AssayerError "invalid-argument" before `fit`, for a feature that is not there or a group it was not fitted on
   */
  transform(features: NumberColumns, groups: ArrayLike<unknown>): Record<string, Float64Array> {
    const fitted = this.#requireFitted();
    const { names, members } = groupRows("DisparateImpactRemover", { groups }, groups.length);
    const places = names.map((name) => {
      const place = fitted.groups.indexOf(name);
      if (place < 0)
        throw new AssayerError(
          "invalid-argument",
          `unknown group: ${name}; expected one of ${fitted.groups.join("; ")}`,
        );
      return place;
    });
    return Object.fromEntries(
      fitted.features.map((each) => {
        const column = features[each.feature];
        if (column === undefined)
          throw new AssayerError(
            "invalid-argument",
            `DisparateImpactRemover requires the features it was fitted on; got no ${each.feature}`,
          );
        const result = checked(each.feature, column, groups).slice();
        for (const [g, rows] of members.entries())
          for (const row of rows)
            result[row] = this.#repaired(each, places[g] as number, result[row] as number);
        return [each.feature, result];
      }),
    );
  }

  toJSON(): DisparateImpactRemoverState {
    return {
      kind: "disparate-impact-remover",
      format: 1,
      repairLevel: this.#repairLevel,
      ...this.#requireFitted(),
    };
  }

  #repaired({ values, own, targets }: FittedFeature, group: number, value: number): number {
    const places = own[group] as number[];
    const at = nearest(places, (place) => values[place] as number, value);
    const from = places[at] as number;
    const moved = roundHalfToEven(
      (((targets[group] as number[])[at] as number) - from) * this.#repairLevel,
    );
    return moved === 0 ? value : (values[from + moved] as number);
  }

  #requireFitted() {
    if (this.#fitted === undefined)
      throw new AssayerError(
        "invalid-argument",
        "DisparateImpactRemover requires fit before it is used; got none",
      );
    return this.#fitted;
  }
}

function checked(feature: string, column: ArrayLike<number>, groups: ArrayLike<unknown>) {
  requirePairs("DisparateImpactRemover", groups, column);
  return finiteNumbers("DisparateImpactRemover", feature, column);
}

/**
 * Ranks are of distinct values, in as many parts as the group with the fewest has. A part's median, and the median of
 * the groups' medians, is the lower of two.
 */
function fitFeature(
  feature: string,
  column: Float64Array,
  members: readonly Uint32Array[],
): FittedFeature {
  const values = distinct(column);
  const position = new Map(values.map((value, i) => [value, i]));
  const own = members.map((rows) =>
    distinct(Float64Array.from(rows, (row) => column[row] as number)).map(
      (value) => position.get(value) as number,
    ),
  );
  const targets = own.map((places) => new Array<number>(places.length));
  const parts = Math.min(...own.map((places) => places.length));
  // Steps are added up as the original adds them, since rounding decides where a part ends.
  let share = 0;
  for (let part = 0; part < parts; part++, share += 1 / parts) {
    const ranges = own.map(({ length }): [number, number] => [
      roundHalfToEven(share * length),
      roundHalfToEven((share + 1 / parts) * length),
    ]);
    const medians = ranges.flatMap(([from, to], g) =>
      to > from ? [lowerMedian((own[g] as number[]).slice(from, to))] : [],
    );
    const target = lowerMedian(medians.sort((a, b) => a - b));
    for (const [g, [from, to]] of ranges.entries()) (targets[g] as number[]).fill(target, from, to);
  }
  return { feature, values, own, targets };
}

function distinct(column: Float64Array): number[] {
  return [...new Set(column)].sort((a, b) => a - b);
}

function lowerMedian(sorted: readonly number[]): number {
  return sorted[(sorted.length - 1) >> 1] as number;
}

/** The place whose value is nearest; of two as near, the lower. */
function nearest(
  places: readonly number[],
  valueOf: (place: number) => number,
  value: number,
): number {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueOf(places[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  return before >= 0 &&
    value - valueOf(places[before] as number) <= Math.abs(valueOf(places[low] as number) - value) &&
    valueOf(places[low] as number) !== value
    ? before
    : low;
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
