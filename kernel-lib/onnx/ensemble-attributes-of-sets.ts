import { branchModes, type TreeEnsemble } from "../explain/tree-ensemble";
import { float32Threshold, hasCovers, modeOf } from "./ensemble-attributes";
import type { AttributeValue } from "./graph";
import { elementType, type TensorProto } from "./schema";

function floatTensor(values: number[]): TensorProto {
  return { dims: [values.length], dataType: elementType.float, floatData: values };
}

/** TreeEnsemble of ai.onnx.ml 5 numbers the ways to compare as `branchModes` lists them. */
function modeTensor(modes: number[]): TensorProto {
  return { dims: [modes.length], dataType: elementType.uint8, rawData: Uint8Array.from(modes) };
}

/**
 * Trees as the attributes of TreeEnsemble of ai.onnx.ml 5, which has sets of values, but neither base values nor
 * trees of one leaf nor covers of leaves: base values and such leaves come back as `baseValues`, covers of leaves as
 * `leafCovers`, in the order of `leaf_weights`.
 *
 * @param ensemble trees whose leaves add to one output each
 */
export function ensembleAttributesOfSets(ensemble: TreeEnsemble): {
  attributes: Record<string, AttributeValue>;
  baseValues: number[];
  leafCovers: TensorProto | null;
} {
  const { roots, feature, yes, no, missingYes, members, cover } = ensemble;
  const { leafStart, leafOutput, leafWeight } = ensemble;
  const baseValues = Array.from(ensemble.baseValues);
  const constant = new Set<number>();
  for (const root of roots) {
    if ((feature[root] ?? -1) >= 0) continue;
    constant.add(root);
    for (let entry = leafStart[root] ?? 0; entry < (leafStart[root + 1] ?? 0); entry++) {
      const output = leafOutput[entry] ?? 0;
      baseValues[output] = (baseValues[output] ?? 0) + (leafWeight[entry] ?? 0);
    }
  }
  const inner: number[] = [];
  const leaves: number[] = [];
  const place = Int32Array.from(feature, (asked, node) =>
    asked >= 0 ? inner.push(node) - 1 : constant.has(node) ? -1 : leaves.push(node) - 1,
  );
  const isLeaf = (node: number): boolean => (feature[node] ?? -1) < 0;
  const children = (side: Int32Array): number[] => inner.map((node) => side[node] ?? 0);
  const places = (side: Int32Array): number[] => children(side).map((node) => place[node] ?? 0);
  const leafFlags = (side: Int32Array): number[] => children(side).map((node) => +isLeaf(node));
  const ofInner = (values: ArrayLike<number>): number[] => inner.map((node) => values[node] ?? 0);
  const ofLeaves = (values: ArrayLike<number>): number[] =>
    leaves.map((node) => values[leafStart[node] ?? 0] ?? 0);
  const isSet = (node: number): boolean => modeOf(ensemble, node) === "member";
  const attributes: Record<string, AttributeValue> = {
    tree_roots: {
      ints: Array.from(roots)
        .filter((root) => !constant.has(root))
        .map((root) => place[root] ?? 0),
    },
    nodes_featureids: { ints: ofInner(feature) },
    nodes_modes: { tensor: modeTensor(ofInner(ensemble.mode)) },
    nodes_splits: {
      tensor: floatTensor(
        inner.map((node) => (isSet(node) ? 0 : float32Threshold(ensemble, node))),
      ),
    },
    nodes_truenodeids: { ints: places(yes) },
    nodes_trueleafs: { ints: leafFlags(yes) },
    nodes_falsenodeids: { ints: places(no) },
    nodes_falseleafs: { ints: leafFlags(no) },
    leaf_targetids: { ints: ofLeaves(leafOutput) },
    leaf_weights: { tensor: floatTensor(ofLeaves(leafWeight)) },
    // Each set ends in NaN.
    membership_values: {
      tensor: floatTensor(
        inner.filter(isSet).flatMap((node) => [...(members.get(node) ?? []), NaN]),
      ),
    },
    n_targets: { int: baseValues.length },
    aggregate_function: { int: 1 },
    post_transform: { int: 0 },
  };
  const flags = ofInner(missingYes);
  if (flags.includes(1)) attributes["nodes_missing_value_tracks_true"] = { ints: flags };
  const known = hasCovers(ensemble);
  if (known) attributes["nodes_hitrates"] = { tensor: floatTensor(ofInner(cover)) };
  const leafCovers = known ? floatTensor(leaves.map((node) => cover[node] ?? 0)) : null;
  return { attributes, baseValues, leafCovers };
}

/** Whether a tree of the ensemble asks for sets of values, for which ai.onnx.ml 5 is needed. */
export function hasSets({ mode, feature }: TreeEnsemble): boolean {
  const member = branchModes.indexOf("member");
  return feature.some((asked, node) => asked >= 0 && mode[node] === member);
}
