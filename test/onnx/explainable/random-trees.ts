import { operator, table, type AttributeValue } from "../../../kernel-lib/onnx/graph";
import { elementType, encodeModel, type NodeProto } from "../../../kernel-lib/onnx/schema";

export interface RandomModel {
  bytes: Uint8Array;
  /** n × features. */
  rows: number[][];
  kind: "float" | "double";
}

interface Node {
  feature: number;
  threshold: number;
  mode: number;
  members: number[];
  missing: boolean;
  yes: Node | Leaf;
  no: Node | Leaf;
}

interface Leaf {
  weights: number[];
}

const names = ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ"].map((mode) => `BRANCH_${mode}`);
export const transforms = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"];

export interface TreeForm {
  version: 1 | 3 | 5;
  kind: "float" | "double";
  outputs: number;
  transform: string;
  aggregate: "SUM" | "AVERAGE";
  /** One mode in all nodes, or any of them. */
  mode: number | "any";
  missing: boolean;
  /** Classes that have weights; absent for a regression. */
  classes?: number[];
  base: number;
  /**
   * Sets with members outside 0 to 30, and rows of whole numbers: ONNX Runtime cuts fractions off before it looks into
   * such a set, which ONNX does not say.
   */
  largeSets?: boolean;
}

/** A model of three random trees, and rows that hold its thresholds, NaN and infinities among other values. */
export function randomTrees(random: () => number, form: TreeForm): RandomModel {
  const features = 4;
  const round = (value: number) => (form.kind === "float" ? Math.fround(value) : value);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const thresholds = Array.from({ length: 6 }, () => round(Math.floor(random() * 8) / 3));
  const modes = form.mode === "any" ? (form.version === 5 ? 7 : 6) : 1;
  const weight = () => round(form.transform === "PROBIT" ? random() / 4 : random() * 2 - 0.8);
  const leaf = (): Leaf => ({
    weights: form.version === 5 ? [weight()] : (form.classes ?? seq(form.outputs)).map(weight),
  });
  const grow = (depth: number): Node | Leaf =>
    depth === 0 || random() < 0.15
      ? leaf()
      : {
          feature: Math.floor(random() * features),
          threshold: pick(thresholds),
          mode: form.mode === "any" ? Math.floor(random() * modes) : form.mode,
          members: seq(1 + Math.floor(random() * 5)).map(() =>
            form.largeSets && random() < 0.5 ? pick([31, 40, -2]) : Math.floor(random() * 5),
          ),
          missing: form.missing && random() < 0.5,
          yes: grow(depth - 1),
          no: grow(depth - 1),
        };
  const tree = (): Node | Leaf => {
    const root = grow(3);
    return "weights" in root ? tree() : root;
  };
  const trees = seq(3).map(tree);
  const values = [...thresholds, 0, 1, 2, 3, 4, 40, -2, NaN, NaN, Infinity, -Infinity, 0.1, 1.7];
  const value = () => (form.largeSets ? Math.trunc(pick(values)) : round(pick(values)));
  const rows = seq(40).map(() => seq(features).map(value));
  const node = form.version === 5 ? version5(trees, form) : version3(trees, form);
  const isClassifier = form.classes !== undefined;
  const score = form.kind === "double" && form.version === 5 ? "double" : "float";
  const bytes = encodeModel({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 15 },
      { domain: "ai.onnx.ml", version: form.version },
    ],
    graph: {
      name: "trees",
      node: [node],
      input: [table("x", form.kind, features)],
      output: [
        ...(isClassifier ? [table("label", "int64")] : []),
        table("scores", score, isClassifier ? 2 : form.outputs),
      ],
    },
  });
  return { bytes, rows, kind: form.kind };
}

function seq(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function version3(trees: readonly (Node | Leaf)[], form: TreeForm): NodeProto {
  const own = form.classes ? "class" : "target";
  const ints: Record<string, number[]> = {};
  const add = (name: string, value: number) => (ints[name] ??= []).push(value);
  const thresholds: number[] = [];
  const weights: number[] = [];
  const modes: string[] = [];
  trees.forEach((tree, id) => {
    let next = 0;
    const place = (node: Node | Leaf): number => {
      const index = next++;
      const at = modes.length;
      const isLeaf = "weights" in node;
      add("nodes_treeids", id);
      add("nodes_nodeids", index);
      add("nodes_featureids", isLeaf ? 0 : node.feature);
      add("nodes_missing_value_tracks_true", !isLeaf && node.missing ? 1 : 0);
      add("nodes_truenodeids", 0);
      add("nodes_falsenodeids", 0);
      thresholds.push(isLeaf ? 0 : node.threshold);
      modes.push(isLeaf ? "LEAF" : (names[node.mode] ?? "LEAF"));
      if (isLeaf)
        node.weights.forEach((weight, i) => {
          add(`${own}_treeids`, id);
          add(`${own}_nodeids`, index);
          add(`${own}_ids`, form.classes?.[i] ?? i);
          weights.push(weight);
        });
      else {
        (ints["nodes_truenodeids"] ??= [])[at] = place(node.yes);
        (ints["nodes_falsenodeids"] ??= [])[at] = place(node.no);
      }
      return index;
    };
    place(tree);
  });
  const numbers = (name: string, values: number[]): Record<string, AttributeValue> =>
    form.kind === "double"
      ? { [`${name}_as_tensor`]: { tensor: doubles(name, values) } }
      : { [name]: { floats: values } };
  const base = seq(form.base).map((i) => Math.fround(0.25 - 0.125 * i));
  return operator(
    form.classes ? "TreeEnsembleClassifier" : "TreeEnsembleRegressor",
    ["x"],
    form.classes ? ["label", "scores"] : ["scores"],
    {
      ...Object.fromEntries(Object.entries(ints).map(([name, value]) => [name, { ints: value }])),
      nodes_modes: { strings: modes },
      ...numbers("nodes_values", thresholds),
      ...numbers(`${own}_weights`, weights),
      ...(base.length > 0 ? numbers("base_values", base) : {}),
      post_transform: { string: form.transform },
      ...(form.classes
        ? { classlabels_int64s: { ints: seq(form.outputs) } }
        : { n_targets: { int: form.outputs }, aggregate_function: { string: form.aggregate } }),
    },
  );
}

function doubles(name: string, values: number[]) {
  return { name, dims: [values.length], dataType: elementType.double, doubleData: values };
}

function version5(trees: readonly (Node | Leaf)[], form: TreeForm): NodeProto {
  const ints: Record<string, number[]> = {};
  const modes: number[] = [];
  const splits: number[] = [];
  const members: number[] = [];
  const targets: number[] = [];
  const weights: number[] = [];
  const set = (name: string, at: number, value: number) => ((ints[name] ??= [])[at] = value);
  const place = (node: Node): number => {
    const at = modes.push(node.mode) - 1;
    splits.push(node.threshold);
    if (node.mode === 6) members.push(...node.members, NaN);
    set("nodes_featureids", at, node.feature);
    set("nodes_missing_value_tracks_true", at, node.missing ? 1 : 0);
    for (const [name, child] of [
      ["true", node.yes],
      ["false", node.no],
    ] as const) {
      const isLeaf = "weights" in child;
      set(`nodes_${name}leafs`, at, isLeaf ? 1 : 0);
      if (isLeaf) targets.push(weights.length % form.outputs);
      set(
        `nodes_${name}nodeids`,
        at,
        isLeaf ? weights.push(child.weights[0] ?? 0) - 1 : place(child),
      );
    }
    return at;
  };
  const roots = trees.map((tree) => place(tree as Node));
  const type = form.kind === "double" ? elementType.double : elementType.float;
  const tensor = (values: number[]): AttributeValue => ({
    tensor: {
      dims: [values.length],
      dataType: type,
      ...(form.kind === "double" ? { doubleData: values } : { floatData: values }),
    },
  });
  return operator("TreeEnsemble", ["x"], ["scores"], {
    ...Object.fromEntries(Object.entries(ints).map(([name, value]) => [name, { ints: value }])),
    nodes_modes: {
      tensor: {
        dims: [modes.length],
        dataType: elementType.uint8,
        rawData: Uint8Array.from(modes),
      },
    },
    nodes_splits: tensor(splits),
    leaf_weights: tensor(weights),
    leaf_targetids: { ints: targets },
    tree_roots: { ints: roots },
    ...(members.length > 0 ? { membership_values: tensor(members) } : {}),
    n_targets: { int: form.outputs },
    aggregate_function: { int: form.aggregate === "SUM" ? 1 : 0 },
    post_transform: { int: transforms.indexOf(form.transform) },
  });
}
