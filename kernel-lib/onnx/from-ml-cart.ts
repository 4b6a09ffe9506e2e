import { AssayerError } from "../errors";
import { buildTree, type Tree, type TreeNode } from "./tree";
import {
  treeEnsembleClassifier,
  treeEnsembleRegressor,
  type TreeClassifierOptions,
} from "./write-trees";

/** A trained DecisionTreeClassifier or DecisionTreeRegression of ml-cart, or what its `toJSON()` gave. */
export type MlCartModel = object;

type Kind = "DTClassifier" | "DTRegression";

/**
 * Reads trained trees of ml-cart. Several trees of one kind are read as an ensemble: leaves of
 * classifiers are filled up with zeros to the largest number of classes among them (ml-cart keeps a
 * leaf's probabilities only up to the highest class it saw).
 *
 * ml-cart sends a row to the left when its value is `<` the split value, as Tree does.
 *
 * @throws AssayerError "invalid-argument" if something is no trained ml-cart tree, or kinds are mixed
 * @example treesFromMlCart(classifier)[0].threshold
 */
export function treesFromMlCart(models: MlCartModel | readonly MlCartModel[]): Tree[] {
  return read("treesFromMlCart", models).trees;
}

/**
 * Writes ml-cart trees as an ONNX file: one tree as it is, several as their average (bagging).
 * Classifiers get outputs `label` and `probabilities`, regressions `prediction`.
 *
 * At float32 inputs one tree gives exactly the trainer's label, and its value rounded to float32.
 * An input that is no float32 (0.1 is none) is rounded before it is compared, here as in any ONNX
 * model with FP32 inputs.
 *
 * @param options.columns columns of the input; give it when the last columns may be unused by the trees
 * @param options.classes labels of the classes, default 0, 1, …
 * @throws AssayerError "invalid-argument" if something is no trained ml-cart tree, or kinds are mixed
 * @example mlCartToOnnx(classifier, { columns: 7, classes: ["no", "yes"] })
 */
export function mlCartToOnnx(
  models: MlCartModel | readonly MlCartModel[],
  options: Pick<TreeClassifierOptions, "columns" | "classes"> = {},
): Uint8Array {
  const { kind, trees } = read("mlCartToOnnx", models, options.classes?.length);
  return kind === "DTClassifier"
    ? treeEnsembleClassifier(trees, options)
    : treeEnsembleRegressor(trees, options);
}

function read(
  caller: string,
  models: MlCartModel | readonly MlCartModel[],
  classes = 0,
): { kind: Kind; trees: Tree[] } {
  // JSON turns ml-matrix's matrices into arrays, and makes a live model and a saved one the same.
  const saved: unknown = JSON.parse(JSON.stringify(Array.isArray(models) ? models : [models]));
  const roots = (saved as unknown[]).map((model) => modelRoot(caller, model));
  const kind = roots[0]?.kind;
  if (kind === undefined || roots.some((root) => root.kind !== kind)) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one or more ml-cart trees of one kind; got ${roots.map((root) => root.kind).join(", ") || "none"}`,
    );
  }
  // A label of the model's own is at least two classes, even where every training row had class 0.
  const width =
    kind === "DTRegression" ? 1 : Math.max(2, classes, ...roots.map(({ node }) => widest(node)));
  return { kind, trees: roots.map(({ node }) => buildTree(padded(node, width))) };
}

function modelRoot(caller: string, model: unknown): { kind: Kind; node: TreeNode } {
  if (isRecord(model) && isRecord(model["root"])) {
    const { name, root } = model;
    if (name === "DTClassifier" || name === "DTRegression") {
      return { kind: name, node: readNode(caller, root) };
    }
  }
  throw new AssayerError(
    "invalid-argument",
    `${caller} requires a trained DecisionTreeClassifier or DecisionTreeRegression of ml-cart; got ${isRecord(model) ? "another object" : typeof model}`,
  );
}

function readNode(caller: string, node: unknown): TreeNode {
  if (isRecord(node)) {
    const { left, right, splitColumn, splitValue, distribution } = node;
    if (isRecord(left) && isRecord(right)) {
      if (typeof splitColumn === "number" && typeof splitValue === "number") {
        return {
          feature: splitColumn,
          threshold: splitValue,
          left: readNode(caller, left),
          right: readNode(caller, right),
        };
      }
    } else {
      const values: unknown[] = [distribution].flat(2);
      const numbers = values.filter((value) => typeof value === "number");
      if (numbers.length > 0 && numbers.length === values.length) return { values: numbers };
    }
  }
  throw new AssayerError(
    "invalid-argument",
    `${caller} requires nodes with a split or a distribution of numbers; got one with neither`,
  );
}

function widest(node: TreeNode): number {
  return "left" in node ? Math.max(widest(node.left), widest(node.right)) : node.values.length;
}

function padded(node: TreeNode, width: number): TreeNode {
  if ("left" in node) {
    return { ...node, left: padded(node.left, width), right: padded(node.right, width) };
  }
  return {
    values: Array.from(
      { length: Math.max(width, node.values.length) },
      (_, i) => node.values[i] ?? 0,
    ),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
