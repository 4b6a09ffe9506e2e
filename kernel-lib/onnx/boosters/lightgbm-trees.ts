import { GrownTrees, type BoosterNode } from "./grown-trees";
import type { TextFields } from "./lightgbm-text";

/** Bits of `decision_type`: a split by categories, missing values go left, and in two bits what counts as missing. */
const isCategorical = 1;
const isDefaultLeft = 2;
const missingTypes = ["none", "zero", "nan"] as const;

/** What LightGBM takes for zero where zero is missing. */
const zeroThreshold = 1e-35;

/**
 * Adds one tree of a LightGBM file. A value goes left when it is at most the threshold, a category when it is one of
 * the node's; others, unseen ones and missing ones, go right.
 *
 * @param factor of its leaves
 */
export function addLightgbmTree(
  trees: GrownTrees,
  fields: TextFields,
  output: number,
  factor: number,
): void {
  const leaves = fields.count("num_leaves");
  if (leaves < 1) throw fields.invalid("one leaf or more", `${leaves}`);
  if (fields.has("is_linear") && fields.count("is_linear") !== 0)
    throw fields.invalid(
      "leaves that are numbers (linear_tree=false)",
      "leaves that are linear models",
    );
  const inner = leaves - 1;
  const weights = fields.numbers("leaf_value", leaves);
  const leafCounts = counts(fields, "leaf_count", leaves);
  const innerCounts = counts(fields, "internal_count", inner);
  const numbers = (name: string): Float64Array =>
    inner === 0 ? new Float64Array() : fields.numbers(name, inner);
  const feature = numbers("split_feature");
  const threshold = numbers("threshold");
  const decision = numbers("decision_type");
  const left = numbers("left_child");
  const right = numbers("right_child");
  const sets = categoriesOf(fields);

  // Inner nodes come first, then leaves, whose number in the file is -1 - leaf.
  const place = (child: number): number =>
    child < 0 ? inner - 1 - child : child >= inner ? -1 : child;
  trees.add(output, inner + leaves, (node): BoosterNode => {
    if (node >= inner) {
      const leaf = node - inner;
      return {
        kind: "leaf",
        weight: (weights[leaf] ?? NaN) * factor,
        cover: leafCounts[leaf] ?? NaN,
      };
    }
    const split = {
      kind: "split",
      feature: feature[node] ?? -1,
      yes: place(left[node] ?? NaN),
      no: place(right[node] ?? NaN),
      cover: innerCounts[node] ?? NaN,
    } as const;
    const bits = decision[node] ?? 0;
    const asked = threshold[node] ?? NaN;
    if (bits & isCategorical) {
      const members = sets[asked];
      if (members === undefined)
        throw fields.invalid(`a set of categories below ${sets.length}`, `${asked}`);
      return { ...split, mode: "member", threshold: 0, members, missingYes: false };
    }
    const missing = missingTypes[(bits >> 2) & 3];
    const goesLeft = (bits & isDefaultLeft) !== 0;
    if (missing === "nan") return { ...split, mode: "<=", threshold: asked, missingYes: goesLeft };
    // Without a kind of missing, LightGBM takes NaN for 0; with zero as missing, both go the default way.
    const zeroYes = missing === "zero" ? goesLeft : asked >= 0;
    if (missing === "zero" && !(goesLeft ? asked >= zeroThreshold : asked < -zeroThreshold))
      throw fields.invalid(
        "zeros that go where their neighbours go",
        "a model of zero_as_missing=true; train it with NaN for missing values",
      );
    return { ...split, mode: "<=", threshold: asked, missingYes: zeroYes };
  });
}

function counts(fields: TextFields, name: string, length: number): Float64Array {
  if (length === 0) return new Float64Array();
  return fields.has(name) ? fields.numbers(name, length) : new Float64Array(length).fill(NaN);
}

/** The sets of categories, each from the bits of its 32-bit words. */
function categoriesOf(fields: TextFields): Float64Array[] {
  const sets = fields.has("num_cat") ? fields.count("num_cat") : 0;
  if (sets === 0) return [];
  const bounds = fields.numbers("cat_boundaries", sets + 1);
  const words = fields.numbers("cat_threshold", bounds[sets] ?? 0);
  return Array.from({ length: sets }, (_, set) => {
    const [start = 0, end = 0] = [bounds[set], bounds[set + 1]];
    if (!(start >= 0 && start <= end && end <= words.length))
      throw fields.invalid("cat_boundaries in rising order", `${start}, ${end}`);
    const members: number[] = [];
    words.subarray(start, end).forEach((word, index) => {
      for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) members.push(32 * index + bit);
    });
    return Float64Array.from(members);
  });
}
