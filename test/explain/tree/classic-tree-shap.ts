import { keepsCondition } from "../../../kernel-lib/explain/tree/keeps-condition";
import type { TreeEnsemble } from "../../../kernel-lib/explain/tree-ensemble";

interface Step {
  feature: number;
  /** Share of the rows that come on where the feature is unknown, and 1 or 0 for where it is known. */
  unknown: number;
  known: number;
  /** By number of known features on the way, the weight of the permutations. */
  weight: number;
}

/**
 * Path-dependent SHAP values of a row for the first output: the algorithm with EXTEND and UNWIND, in O(leaves × depth²).
 *
 * @see Lundberg and others 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2
 */
export function classicTreeShap(ensemble: TreeEnsemble, row: Float64Array): Float64Array {
  const { feature, yes, no, cover, leafStart, leafWeight } = ensemble;
  const values = new Float64Array(ensemble.features);
  const visit = (node: number, before: readonly Step[], next: Omit<Step, "weight">): void => {
    const way = extend(before, next);
    const asked = Number(feature[node]);
    if (asked < 0) {
      for (let w = Number(leafStart[node]); w < Number(leafStart[node + 1]); w++)
        way.forEach((step, i) => {
          if (i === 0) return;
          const sum = unwind(way, i).reduce((total, { weight }) => total + weight, 0);
          values[step.feature] =
            Number(values[step.feature]) +
            sum * (step.known - step.unknown) * Number(leafWeight[w]);
        });
      return;
    }
    const [left, right] = [Number(yes[node]), Number(no[node])];
    const goesLeft = keepsCondition(ensemble, node, Number(row[asked]));
    const older = way.findIndex((step, i) => i > 0 && step.feature === asked);
    const rest = older < 0 ? way : unwind(way, older);
    const { unknown, known } = way[older] ?? { unknown: 1, known: 1 };
    for (const [child, goes] of [
      [left, goesLeft],
      [right, !goesLeft],
    ] as const) {
      const share = Number(cover[child]) / (Number(cover[left]) + Number(cover[right]));
      visit(child, rest, { feature: asked, unknown: unknown * share, known: goes ? known : 0 });
    }
  };
  for (const root of ensemble.roots) visit(root, [], { feature: -1, unknown: 1, known: 1 });
  return values;
}

function extend(way: readonly Step[], next: Omit<Step, "weight">): Step[] {
  const steps = [
    ...way.map((step) => ({ ...step })),
    { ...next, weight: way.length === 0 ? 1 : 0 },
  ];
  const length = way.length;
  for (let i = length - 1; i >= 0; i--) {
    const [step, after] = [steps[i], steps[i + 1]];
    if (step === undefined || after === undefined) continue;
    after.weight += (next.known * step.weight * (i + 1)) / (length + 1);
    step.weight = (next.unknown * step.weight * (length - i)) / (length + 1);
  }
  return steps;
}

function unwind(way: readonly Step[], at: number): Step[] {
  const last = way.length - 1;
  const { unknown, known } = way[at] as Step;
  const weights = way.map(({ weight }) => weight);
  let next = Number(weights[last]);
  for (let j = last - 1; j >= 0; j--)
    if (known !== 0) {
      const kept = Number(weights[j]);
      weights[j] = (next * (last + 1)) / ((j + 1) * known);
      next = kept - (Number(weights[j]) * unknown * (last - j)) / (last + 1);
    } else weights[j] = (Number(weights[j]) * (last + 1)) / (unknown * (last - j));
  return way.filter((_, i) => i !== at).map((step, i) => ({ ...step, weight: Number(weights[i]) }));
}
