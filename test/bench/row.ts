/** One measured figure. */
export interface Row {
  group: string;
  figure: string;
  value: number;
  unit: string;
  /** The same figure of the peer in the same run, in the same unit; null where there is no peer. */
  peer: number | null;
  /** How many times better than the peer. */
  ratio: number | null;
  target: string;
  met: boolean;
}

/** A limit on a figure: of its value, or of its ratio to the peer. */
export interface Target {
  atMost?: number;
  atLeast?: number;
  ratioAtLeast?: number;
}

/** Fills in ratio and verdict. `better` says whether a lower or a higher value is. */
export function measured(
  figure: Pick<Row, "group" | "figure" | "value" | "unit">,
  better: "lower" | "higher",
  target: Target,
  peer: number | null = null,
): Row {
  const { value, unit } = figure;
  const ratio = peer === null ? null : better === "lower" ? peer / value : value / peer;
  const wanted = [
    target.atMost === undefined ? [] : [`≤ ${target.atMost} ${unit}`],
    target.atLeast === undefined ? [] : [`≥ ${target.atLeast} ${unit}`],
    target.ratioAtLeast === undefined ? [] : [`≥ ${target.ratioAtLeast}× peer`],
  ].flat();
  const met =
    value <= (target.atMost ?? Infinity) &&
    value >= (target.atLeast ?? -Infinity) &&
    (ratio ?? Infinity) >= (target.ratioAtLeast ?? 0);
  return { ...figure, peer, ratio, target: wanted.join(", "), met };
}

export function quantile(sorted: ArrayLike<number>, share: number): number {
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}

export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
