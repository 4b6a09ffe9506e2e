import { branchModes, type TreeEnsemble } from "../../../kernel-lib/explain/tree-ensemble";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

/** What a random ensemble is made of. */
export interface RandomEnsemble {
  seed: number;
  features: number;
  trees?: number;
  outputs?: number;
  /** Levels below which all nodes are leaves. */
  depth?: number;
  /** Chance that a node above that is a leaf already. */
  leaf?: number;
  /** Chance that a node has no rows on one side. */
  emptySide?: number;
  modes?: readonly number[];
  /** Every tree is a chain: one child of each node is a leaf. */
  chain?: boolean;
}

/** Trees with small whole thresholds, so that values meet them, and random covers, weights and missing tracks. */
export function randomEnsemble(options: RandomEnsemble): TreeEnsemble {
  const { features, trees = 3, outputs = 1, depth = 4, leaf = 0.2, emptySide = 0 } = options;
  const modes = options.modes ?? [...branchModes.keys()];
  const random = seededRandom(options.seed);
  const whole = (below: number) => Math.floor(random() * below);
  const nodes: { feature: number; mode: number; threshold: number; yes: number; no: number }[] = [];
  const cover: number[] = [];
  const missing: number[] = [];
  const weights: [number, number][][] = [];
  const members = new Map<number, Float64Array>();
  const grow = (level: number, rows: number): number => {
    const node = nodes.length;
    const isLeaf = level === depth || (level > 0 && !options.chain && random() < leaf);
    const feature = isLeaf ? -1 : whole(features);
    const mode = Number(modes[whole(modes.length)]);
    nodes.push({ feature, mode, threshold: whole(7) - 3, yes: -1, no: -1 });
    cover.push(rows);
    missing.push(isLeaf ? 0 : whole(2));
    weights.push([]);
    if (isLeaf) {
      for (let output = 0; output < outputs; output++)
        if (outputs === 1 || random() < 0.7) weights[node]?.push([output, 2 * random() - 1]);
      return node;
    }
    if (mode === 6)
      members.set(node, Float64Array.from([-3, -1, 0, 2].filter(() => random() < 0.6)));
    const share = random() < emptySide ? whole(2) : 0.1 + 0.8 * random();
    const long = whole(2);
    const child = (side: number) =>
      grow(
        options.chain && side !== long ? depth : level + 1,
        rows * (side === 0 ? share : 1 - share),
      );
    const own = nodes[node];
    if (own) {
      own.yes = child(0);
      own.no = child(1);
    }
    return node;
  };
  const roots = Int32Array.from({ length: trees }, () => grow(0, 100));
  const leafStart = [0];
  for (const each of weights) leafStart.push(Number(leafStart.at(-1)) + each.length);
  const flat = weights.flat();
  return {
    roots,
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    mode: Uint8Array.from(nodes, ({ mode }) => mode),
    yes: Int32Array.from(nodes, ({ yes }) => yes),
    no: Int32Array.from(nodes, ({ no }) => no),
    missingYes: Uint8Array.from(missing),
    members,
    cover: Float64Array.from(cover),
    leafStart: Int32Array.from(leafStart),
    leafOutput: Int32Array.from(flat, ([output]) => output),
    leafWeight: Float64Array.from(flat, ([, weight]) => weight),
    baseValues: Float64Array.from({ length: outputs }, () => random()),
    features,
  };
}

/** Rows of whole numbers from -4 to 4, some of them missing: count × features. */
export function randomRows(seed: number, count: number, features: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count * features }, () =>
    random() < 0.1 ? NaN : Math.floor(random() * 9) - 4,
  );
}
