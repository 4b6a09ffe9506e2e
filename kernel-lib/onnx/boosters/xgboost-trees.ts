import { GrownTrees, type BoosterNode } from "./grown-trees";
import type { JsonFields } from "./json-fields";

const categorical = 1;

/**
 * Adds one tree of XGBoost's JSON. Thresholds and leaves are float32 that were written with as many digits as they
 * need.
 *
 * A value below the threshold goes left. A category goes right when it is one of the node's, else left; so do
 * categories that training did not see.
 *
 * @param factor of its leaves, float32
 */
export function addXgboostTree(
  trees: GrownTrees,
  fields: JsonFields,
  value: unknown,
  output: number,
  factor: number,
): void {
  const tree = fields.object(value, "trees");
  const param = fields.object(tree["tree_param"], "tree_param");
  const size = fields.count(param["num_nodes"], "num_nodes");
  if (fields.count(param["size_leaf_vector"] ?? 0, "size_leaf_vector") > 1)
    throw fields.invalid(
      "trees with one number a leaf (multi_strategy one_output_per_tree)",
      param["size_leaf_vector"],
    );
  const numbers = (name: string): number[] => fields.numbers(tree[name], name, size);
  const left = numbers("left_children");
  const right = numbers("right_children");
  const feature = numbers("split_indices");
  const condition = numbers("split_conditions");
  const defaultLeft = numbers("default_left");
  const cover = numbers("sum_hessian");
  const type = tree["split_type"] === undefined ? [] : numbers("split_type");
  const sets = type.includes(categorical)
    ? categoriesOf(fields, tree)
    : new Map<number, number[]>();

  trees.add(output, size, (node): BoosterNode => {
    const [toLeft = -1, toRight = -1] = [left[node], right[node]];
    const weight = Math.fround(condition[node] ?? NaN);
    const rows = cover[node] ?? NaN;
    if (toLeft === -1) return { kind: "leaf", weight: factor * weight, cover: rows };
    // The threshold of a split by categories is NaN, which nothing reads.
    const split = { kind: "split", feature: feature[node] ?? -1, threshold: weight } as const;
    const missingLeft = defaultLeft[node] === 1;
    if (type[node] !== categorical)
      return {
        ...split,
        mode: "<",
        yes: toLeft,
        no: toRight,
        missingYes: missingLeft,
        cover: rows,
      };
    const members = sets.get(node);
    if (members === undefined) throw fields.invalid(`categories of node ${node}`, undefined);
    return {
      ...split,
      mode: "member",
      threshold: 0,
      members: Float64Array.from(members).sort(),
      yes: toRight,
      no: toLeft,
      missingYes: !missingLeft,
      cover: rows,
    };
  });
}

function categoriesOf(
  fields: JsonFields,
  tree: Readonly<Record<string, unknown>>,
): Map<number, number[]> {
  const nodes = fields.numbers(tree["categories_nodes"], "categories_nodes");
  const starts = fields.numbers(tree["categories_segments"], "categories_segments", nodes.length);
  const sizes = fields.numbers(tree["categories_sizes"], "categories_sizes", nodes.length);
  const categories = fields.numbers(tree["categories"], "categories");
  return new Map(
    nodes.map((node, index) => {
      const [start = -1, size = -1] = [starts[index], sizes[index]];
      if (!(start >= 0 && size >= 0 && start + size <= categories.length))
        throw fields.invalid(
          `categories_segments within ${categories.length} categories`,
          start + size,
        );
      return [node, categories.slice(start, start + size)];
    }),
  );
}
