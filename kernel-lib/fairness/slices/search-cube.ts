import type { FeatureBins, Literal } from "./feature-bins";
import type { Box, LossCube } from "./loss-cube";
import { apartBy, effectSizeOf, without, type Losses, type LossSums } from "./loss-sums";

/** A slice that may be worth telling. */
export interface Candidate {
  literals: readonly { feature: FeatureBins; literal: Literal }[];
  sums: LossSums;
  effectSize: number;
  /** By which slices are ranked: the effect times the root of the rows. */
  score: number;
  box: Box;
}

export interface SearchLimits {
  minRows: number;
  /** Standard errors a slice must be above the other rows. */
  least: number;
  /** Standard errors it must be above the rest of each slice that asks for less. */
  leastOfParent: number;
}

/** Slices of one set of features: so many, and none that shares bins with a better one. */
const mostOfACube = 4;

/** What a set of fewer than three features has in place of the others. */
export function anyRow(rows: number): FeatureBins {
  const any = { condition: { feature: "", above: null, atMost: null }, from: 0, to: 1, wider: [] };
  return { name: "", binOf: new Uint8Array(rows), bins: 1, literals: [any] };
}

/**
 * The slices that ask something of each of these features and stand clear of the other rows, and of each slice that
 * asks for less; the best first.
 *
 * @returns and how many standard errors the farthest of all is apart
 */
export function searchCube(
  cube: LossCube,
  features: readonly [FeatureBins, FeatureBins, FeatureBins],
  losses: Losses,
  limits: SearchLimits,
): { candidates: Candidate[]; farthest: number } {
  const found: Candidate[] = [];
  let farthest = 0;
  forEachBox(cube, features, limits.minRows, (one, two, three, rows, sum, squares) => {
    if (rows === losses.all.rows) return;
    if (sum * losses.all.rows <= losses.all.sum * rows) return;
    const distance = fastDistance(losses, rows, sum, squares);
    if (distance > farthest) farthest = distance;
    if (distance < limits.least) return;
    const literals = [one, two, three] as const;
    const box = boxOf(literals);
    const sums = { rows, sum, squares };
    const isClear = parentsOf(features, literals, box).every((parent) => {
      const rest = without(cube.sums(parent), sums);
      return rest.rows >= 2 && apartBy(sums, rest, losses.binary) >= limits.leastOfParent;
    });
    if (!isClear) return;
    const asked = literals
      .map((literal, i) => ({ literal, feature: features[i] as FeatureBins }))
      .filter(({ feature, literal }) => !asksNothing(feature, literal));
    const effectSize = effectSizeOf(sums, without(losses.all, sums));
    found.push({ literals: asked, sums, effectSize, score: effectSize * Math.sqrt(rows), box });
  });
  found.sort((a, b) => b.score - a.score);
  const candidates: Candidate[] = [];
  for (const candidate of found) {
    if (candidates.length === mostOfACube) break;
    if (candidates.every(({ box }) => areDisjoint(box, candidate.box))) candidates.push(candidate);
  }
  return { candidates, farthest };
}

type Literals = readonly [Literal, Literal, Literal];

/** Every box of at least so many rows, with their sums. */
function forEachBox(
  cube: LossCube,
  [a, b, c]: readonly [FeatureBins, FeatureBins, FeatureBins],
  minRows: number,
  visit: (
    one: Literal,
    two: Literal,
    three: Literal,
    rows: number,
    sum: number,
    squares: number,
  ) => void,
): void {
  const { strideA, strideB } = cube;
  const rows = new Float64Array(c.bins + 1);
  const sum = new Float64Array(c.bins + 1);
  const squares = new Float64Array(c.bins + 1);
  for (const one of a.literals)
    for (const two of b.literals) {
      const from = one.from * strideA;
      const to = one.to * strideA;
      const left = two.from * strideB;
      const right = two.to * strideB;
      line(cube.rows, rows, from + left, from + right, to + left, to + right);
      if ((rows[c.bins] as number) < minRows) continue;
      line(cube.sum, sum, from + left, from + right, to + left, to + right);
      line(cube.squares, squares, from + left, from + right, to + left, to + right);
      for (const three of c.literals) {
        const count = (rows[three.to] as number) - (rows[three.from] as number);
        if (count < minRows) continue;
        const losses = (sum[three.to] as number) - (sum[three.from] as number);
        const power = (squares[three.to] as number) - (squares[three.from] as number);
        visit(one, two, three, count, losses, power);
      }
    }
}

/** Sums up to each bin of the last feature, in a range of each of the others. */
function line(
  cube: Float64Array,
  into: Float64Array,
  lowLeft: number,
  lowRight: number,
  highLeft: number,
  highRight: number,
): void {
  for (let z = 0; z < into.length; z++)
    into[z] =
      (cube[highRight + z] as number) -
      (cube[lowRight + z] as number) -
      (cube[highLeft + z] as number) +
      (cube[lowLeft + z] as number);
}

/** `apartBy` of a slice and all other rows, without objects: it is asked millions of times. */
function fastDistance({ all, binary }: Losses, rows: number, sum: number, squares: number): number {
  const others = all.rows - rows;
  const difference = sum / rows - (all.sum - sum) / others;
  if (binary) {
    const share = all.sum / all.rows;
    return difference / Math.sqrt(share * (1 - share) * (1 / rows + 1 / others));
  }
  if (others < 2 || rows < 2) return 0;
  const ofSlice = Math.max(0, squares - (sum * sum) / rows) / (rows - 1);
  const rest = all.sum - sum;
  const ofOthers = Math.max(0, all.squares - squares - (rest * rest) / others) / (others - 1);
  return difference / Math.sqrt(ofSlice / rows + ofOthers / others);
}

function asksNothing({ bins }: FeatureBins, { from, to }: Literal): boolean {
  return to - from === bins;
}

function boxOf([a, b, c]: Literals): Box {
  return { fromA: a.from, toA: a.to, fromB: b.from, toB: b.to, fromC: c.from, toC: c.to };
}

/** Boxes that ask one thing less: without a feature, or with one end of a range open. */
function parentsOf(
  [a, b, c]: readonly [FeatureBins, FeatureBins, FeatureBins],
  [one, two, three]: Literals,
  box: Box,
): Box[] {
  const open = (feature: FeatureBins, literal: Literal) =>
    asksNothing(feature, literal) ? [] : [{ from: 0, to: feature.bins }, ...literal.wider];
  return [
    ...open(a, one).map(({ from, to }) => ({ ...box, fromA: from, toA: to })),
    ...open(b, two).map(({ from, to }) => ({ ...box, fromB: from, toB: to })),
    ...open(c, three).map(({ from, to }) => ({ ...box, fromC: from, toC: to })),
  ];
}

function areDisjoint(a: Box, b: Box): boolean {
  return (
    a.toA <= b.fromA ||
    b.toA <= a.fromA ||
    a.toB <= b.fromB ||
    b.toB <= a.fromB ||
    a.toC <= b.fromC ||
    b.toC <= a.fromC
  );
}
