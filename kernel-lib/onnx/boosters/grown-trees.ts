import { AssayerError } from "../../errors";
import { branchModes, type BranchMode, type TreeEnsemble } from "../../explain/tree-ensemble";

/** A node of one tree as a file of a booster has it; nodes of a tree are numbered from 0, the root. */
export type BoosterNode =
  | { kind: "leaf"; weight: number; cover: number }
  | {
      kind: "split";
      feature: number;
      mode: BranchMode;
      threshold: number;
      members?: Float64Array;
      yes: number;
      no: number;
      missingYes: boolean;
      cover: number;
    };

/** Trees of a file put one after the other into an ensemble, each with its nodes depth first. */
export class GrownTrees {
  private readonly roots: number[] = [];
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly mode: number[] = [];
  private readonly yes: number[] = [];
  private readonly no: number[] = [];
  private readonly missingYes: number[] = [];
  private readonly members = new Map<number, Float64Array>();
  private readonly cover: number[] = [];
  private readonly leafStart: number[] = [0];
  private readonly leafOutput: number[] = [];
  private readonly leafWeight: number[] = [];

  constructor(
    private readonly caller: string,
    private readonly features: number,
  ) {}

  /**
   * @param output what its leaves add to
   * @param size of the tree; nodes that the root does not lead to are left out
   * @throws AssayerError "invalid-model" for children that are no nodes of the tree, or that two nodes share
   */
  add(output: number, size: number, nodeAt: (node: number) => BoosterNode): void {
    const seen = new Uint8Array(size);
    this.roots.push(this.feature.length);
    const pending: { node: number; link: (place: number) => void }[] = [
      { node: 0, link: () => undefined },
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, link } = next;
      if (!(Number.isInteger(node) && node >= 0 && node < size) || seen[node] === 1)
        throw this.invalid(
          "children that are nodes of the tree, each under one parent",
          `node ${node} of ${size}${seen[node] === 1 ? " twice" : ""} in tree ${this.roots.length - 1}`,
        );
      seen[node] = 1;
      const read = nodeAt(node);
      const place = this.place(read, output);
      link(place);
      if (read.kind === "leaf") continue;
      pending.push(
        { node: read.no, link: (child) => (this.no[place] = child) },
        { node: read.yes, link: (child) => (this.yes[place] = child) },
      );
    }
  }

  private place(node: BoosterNode, output: number): number {
    const place = this.feature.length;
    const isLeaf = node.kind === "leaf";
    if (
      !isLeaf &&
      !(node.feature >= 0 && node.feature < this.features && Number.isInteger(node.feature))
    )
      throw this.invalid(
        `splits by one of the ${this.features} features`,
        `feature ${node.feature} in tree ${this.roots.length - 1}`,
      );
    if (Number.isNaN(isLeaf ? node.weight : node.threshold))
      throw this.invalid("thresholds and leaves that are numbers", "NaN");
    if (!isLeaf && node.members?.length === 0)
      throw this.invalid("categories at each split by categories", "none");
    this.feature.push(isLeaf ? -1 : node.feature);
    this.threshold.push(isLeaf ? 0 : node.threshold);
    this.mode.push(isLeaf ? 0 : branchModes.indexOf(node.mode));
    this.yes.push(-1);
    this.no.push(-1);
    this.missingYes.push(isLeaf ? 0 : +node.missingYes);
    this.cover.push(node.cover);
    if (isLeaf) {
      this.leafOutput.push(output);
      this.leafWeight.push(node.weight);
    } else if (node.members) this.members.set(place, node.members);
    this.leafStart.push(this.leafWeight.length);
    return place;
  }

  private invalid(required: string, got: string): AssayerError {
    return new AssayerError("invalid-model", `${this.caller} requires ${required}; got ${got}`);
  }

  ensemble(baseValues: Float64Array): TreeEnsemble {
    return {
      roots: Int32Array.from(this.roots),
      feature: Int32Array.from(this.feature),
      threshold: Float64Array.from(this.threshold),
      mode: Uint8Array.from(this.mode),
      yes: Int32Array.from(this.yes),
      no: Int32Array.from(this.no),
      missingYes: Uint8Array.from(this.missingYes),
      members: this.members,
      cover: Float64Array.from(this.cover),
      leafStart: Int32Array.from(this.leafStart),
      leafOutput: Int32Array.from(this.leafOutput),
      leafWeight: Float64Array.from(this.leafWeight),
      baseValues,
      features: this.features,
    };
  }
}
