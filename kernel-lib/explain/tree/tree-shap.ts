import { AssayerError } from "../../errors";
import type { PostTransform } from "../explainable-model";
import type { ExplainedOutput } from "../explanation";
import type { TreeEnsemble } from "../tree-ensemble";
import { compileTrees, type CompiledTrees } from "./compile-trees";
import { BlockExplainer } from "./block-explainer";
import { explainedOutputs, playersOf, requireCovers, requireLabels } from "./check-request";
import type { Background } from "./leaf-source";
import { outputTransform, type OutputTransform } from "./output-transform";
import { predictEnsemble, requireRows } from "./predict-ensemble";
import { codeRows } from "./question-columns";
import { blockRows, targetsOf, type RowBlock } from "./row-block";

/** Rows of an ensemble's features: count × features, row-major. */
export interface FeatureRows {
  rows: Float64Array;
  count: number;
}

/** What is explained, and against what. */
export interface TreeShapModel {
  /** By feature, the column (player) it is made of; default: each feature is a column of its own. */
  origin?: Int32Array;
  /** Number of columns; default: one more than the highest in `origin`. */
  columns?: number;
  /** Rows that missing columns are drawn from (interventional); absent: the trees' own covers (path-dependent). */
  background?: FeatureRows;
  output?: ExplainedOutput;
  /** What is done to the raw outputs; needed for the outputs "probability" and "log-loss". */
  postTransform?: PostTransform;
  /** Which outputs of the ensemble are explained; default: all. */
  outputs?: readonly number[];
}

/** What is asked for beside SHAP values. */
export interface TreeShapRequest {
  /** n answers, 0 or 1: of the output "log-loss". */
  labels?: ArrayLike<number>;
  interactions?: boolean;
}

/** n rows explained for k outputs and p columns; arrays as in `Explanation`. */
export interface TreeShapValues {
  /** k; of the log loss n × k. */
  baseValue: Float64Array;
  /** n × k × p, row-major. */
  shapValues: Float64Array;
  /** n × k × p × p, row-major; null unless asked for. */
  interactions: Float64Array | null;
}

/**
 * Exact SHAP values of an ensemble of trees, in double precision: a row's values sum to its output minus the base
 * value. Without a background they are path-dependent (missing columns go both ways at a node, weighted by its
 * children's covers), with one interventional (missing columns come from each of its rows in turn).
 *
 * Probabilities and log losses are explained against a background: by pair of rows, the margin's values are scaled by
 * what the output differs for a unit of margin between the two.
 *
 * @throws AssayerError "invalid-argument" for rows of another width, covers that are absent, and outputs that have no
 *   exact values; "empty-sample" for a background of zero rows
 * @see Lundberg and others 2020, "From local explanations to global understanding with explainable AI for trees"
 */
export function treeShap(
  ensemble: TreeEnsemble,
  options: FeatureRows & TreeShapModel & TreeShapRequest,
): TreeShapValues {
  return new TreeShapEngine(ensemble, options).explain(options, options);
}

/** An ensemble made ready once, so that rows are explained fast one after the other. */
export class TreeShapEngine {
  private readonly trees: CompiledTrees;
  private readonly transform: OutputTransform | null;
  private readonly background: Background | null;
  private readonly explainer: BlockExplainer;
  private readonly outputs: readonly number[];
  private readonly isLogLoss: boolean;
  /** Null where it depends on a row's label. */
  private readonly baseValue: Float64Array | null;

  /** @throws AssayerError as `treeShap` does */
  constructor(
    private readonly ensemble: TreeEnsemble,
    model: TreeShapModel = {},
  ) {
    const { origin, columns } = playersOf(ensemble, model);
    this.outputs = explainedOutputs(ensemble, model.outputs);
    const output = model.output ?? "raw";
    this.isLogLoss = output === "log-loss";
    this.transform = outputTransform(output, model.postTransform ?? "none");
    const { background } = model;
    if (this.transform !== null && background === undefined)
      throw new AssayerError(
        "invalid-argument",
        `treeShap requires a background for the output ${output}; got none`,
      );
    if (this.isLogLoss && this.outputs.length !== 1)
      throw new AssayerError(
        "invalid-argument",
        `treeShap requires one output for the log loss; got ${this.outputs.length}`,
      );
    this.trees = compileTrees(ensemble, origin, columns, this.outputs);
    if (background === undefined) requireCovers(this.trees);
    this.background = background === undefined ? null : this.prepared(background);
    this.explainer = new BlockExplainer(this.trees, this.background);
    this.baseValue = this.isLogLoss ? null : this.expected(null);
  }

  /**
   * Explains rows.
   *
   * @throws AssayerError "invalid-argument" for rows of another width, and labels that are absent or not from 0 to 1
   */
  explain(given: FeatureRows, request: TreeShapRequest = {}): TreeShapValues {
    const baseValue = this.baseValueOf(given, request);
    const labels = this.isLogLoss ? (request.labels ?? null) : null;
    const shapValues = this.values(given, labels, false);
    const interactions = request.interactions === true ? this.values(given, labels, true) : null;
    if (interactions !== null) completeInteractions(interactions, shapValues, this.trees.players);
    return { baseValue, shapValues, interactions };
  }

  /**
   * The base value of what is asked for, which is checked.
   *
   * @internal
   */
  baseValueOf({ rows, count }: FeatureRows, request: TreeShapRequest): Float64Array {
    requireRows("treeShap", "rows", this.ensemble, rows, count);
    if (request.interactions === true && this.transform !== null)
      throw new AssayerError(
        "invalid-argument",
        "treeShap requires the raw output for interactions; got one that is transformed",
      );
    return this.baseValue?.slice() ?? this.expected(requireLabels(request.labels, count));
  }

  /**
   * About how many seconds of one core some rows take, and whether trees can be explained apart and added up.
   *
   * @internal
   */
  workload(count: number): { seconds: number; isSum: boolean } {
    const { trees, transform, background } = this;
    const others = transform === null ? 1 : Number(background?.count);
    return { seconds: count * others * trees.level.length * 1e-8, isSum: transform === null };
  }

  /** SHAP values of rows, or half the interaction index of each two players, above the diagonal. */
  private values(
    { rows, count }: FeatureRows,
    labels: ArrayLike<number> | null,
    forPairs: boolean,
  ): Float64Array {
    const { trees, transform } = this;
    const { features, questions } = trees;
    const targets = targetsOf(trees, forPairs);
    const values = new Float64Array(count * targets);
    const most = blockRows(targets);
    for (let from = 0; from < count; from += most) {
      const to = Math.min(count, from + most);
      const own = rows.subarray(from * features, to * features);
      const block: RowBlock = {
        count: to - from,
        codes: codeRows(questions, own, to - from, features),
        values: values.subarray(from * targets, to * targets),
        sums: Array.from({ length: targets }, () => undefined),
        forPairs,
      };
      if (transform === null) this.explainer.explain(block);
      else
        this.explainer.explainScaled(block, {
          transform,
          labels: labels === null ? null : Array.from(labels).slice(from, to),
          margins: this.margins(own, to - from),
        });
    }
    return values;
  }

  /** Raw predictions of the outputs that are explained: n × k. */
  private margins(rows: Float64Array, count: number): Float64Array {
    const all = predictEnsemble(this.ensemble, rows, count);
    const width = this.ensemble.baseValues.length;
    const { outputs } = this;
    return Float64Array.from({ length: count * outputs.length }, (_, cell) =>
      Number(
        all[Math.floor(cell / outputs.length) * width + Number(outputs[cell % outputs.length])],
      ),
    );
  }

  private prepared({ rows, count }: FeatureRows): Background {
    requireRows("treeShap", "background rows", this.ensemble, rows, count);
    if (count === 0)
      throw new AssayerError("empty-sample", "treeShap requires a background row; got 0");
    const { questions, features } = this.trees;
    const codes = codeRows(questions, rows, count, features);
    return { codes, count, margins: this.margins(rows, count) };
  }

  private expected(labels: ArrayLike<number> | null): Float64Array {
    const { transform, background, outputs, ensemble, trees } = this;
    if (background === null) {
      const expected = expectedByCovers(trees);
      return Float64Array.from(
        outputs,
        (output, index) => Number(ensemble.baseValues[output]) + Number(expected[index]),
      );
    }
    const { margins, count } = background;
    const width = outputs.length;
    const mean = (index: number, label: number) => {
      let sum = 0;
      for (let row = 0; row < count; row++) {
        const margin = Number(margins[row * width + index]);
        sum += transform === null ? margin : transform.at(margin, label);
      }
      return sum / count;
    };
    return labels === null
      ? Float64Array.from(outputs, (_, index) => mean(index, 0))
      : Float64Array.from(labels, (label) => mean(0, label));
  }
}

/** By output, the mean of the trees over rows that spread as their covers tell. */
function expectedByCovers(trees: CompiledTrees): Float64Array {
  const { starts, parent, player, older, share } = trees;
  const reach = new Float64Array(player.length);
  const expected = new Float64Array(trees.outputs);
  trees.treeOutputs.forEach((outputs, tree) => {
    const first = Number(starts[tree]);
    for (let i = first; i < Number(starts[tree + 1]); i++) {
      const before = Number(older[i]);
      const own = Number(share[i]) / (before < 0 ? 1 : Number(share[before]));
      reach[i] = i === first ? 1 : Number(reach[Number(parent[i])]) * (Number.isNaN(own) ? 0 : own);
      outputs.forEach((output, index) => {
        const cell = (i - first) * outputs.length + index;
        expected[output] =
          Number(expected[output]) + Number(reach[i]) * Number(trees.treeWeights[tree]?.[cell]);
      });
    }
  });
  return expected;
}

/** From half the effects above the diagonal to full symmetric matrices whose rows sum to the SHAP values. */
function completeInteractions(
  pairs: Float64Array,
  shapValues: Float64Array,
  players: number,
): void {
  for (let start = 0; start < pairs.length; start += players * players)
    for (let one = 0; one < players; one++) {
      let rest = Number(shapValues[start / players + one]);
      for (let two = 0; two < players; two++) {
        const upper = start + Math.min(one, two) * players + Math.max(one, two);
        if (two === one) continue;
        pairs[start + one * players + two] = Number(pairs[upper]);
        rest -= Number(pairs[upper]);
      }
      pairs[start + one * players + one] = rest;
    }
}
