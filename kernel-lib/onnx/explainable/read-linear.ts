import type { Constant } from "./constant";
import type { CoreReading } from "./core-reading";
import { invalidModel } from "./invalid-model";
import type { GraphNode, ModelGraph } from "./model-graph";
import {
  allScores,
  isProbability,
  mostOutputs,
  oneOfTwo,
  requireOutputs,
  secondOfTwo,
  spreadBase,
  spreadSums,
  targetNames,
  transformOf,
  type ScoreRule,
} from "./score-rule";
import { Unreadable } from "./unreadable";

/**
 * Reads a LinearRegressor or LinearClassifier.
 *
 * @throws AssayerError "invalid-model"; Unreadable for scores that ONNX Runtime leaves open
 */
export function readLinear(node: GraphNode): CoreReading {
  const { attributes, operator } = node;
  const coefficients = attributes.floats("coefficients") ?? [];
  const given = attributes.floats("intercepts") ?? [];
  const transform = transformOf(attributes);
  if (operator.endsWith("Regressor")) {
    const sums = requireOutputs(attributes.int("targets", 1));
    const intercepts = given.length === 0 ? Array<number>(sums).fill(0) : given;
    const rule = allScores(targetNames(node.outputs[0] ?? "", sums), transform);
    return reading(node, node.outputs[0], {
      coefficients,
      intercepts,
      rule,
    });
  }
  const labels =
    attributes.texts("classlabels_strings") ??
    attributes.ints("classlabels_ints")?.map(String) ??
    [];
  const sums = requireOutputs(given.length);
  if (labels.length !== sums && !(labels.length === 2 && sums === 1))
    throw invalidModel(`${sums} labels of a LinearClassifier`, `${labels.length}`);
  const rule =
    labels.length > 2
      ? allScores(labels, transform)
      : sums === 2
        ? secondOfTwo(labels, transform)
        : oneOfTwo(labels, transform);
  if (rule === undefined)
    throw new Unreadable("ONNX Runtime leaves the classes of a PROBIT of one sum open");
  return reading(node, node.outputs[1], {
    coefficients,
    intercepts: given,
    rule,
    labels,
  });
}

/**
 * Reads a product with a constant matrix: MatMul, or Gemm with what it adds. Undefined where neither side is constant.
 *
 * @throws AssayerError "invalid-model"
 */
export function readProduct(node: GraphNode, graph: ModelGraph): CoreReading | undefined {
  const { attributes, inputs, operator } = node;
  const matrix = graph.constant(inputs[1] ?? "");
  if (matrix === undefined || matrix.texts) return undefined;
  // A vector gives one sum a row.
  const dims = matrix.dims.length === 1 ? [...matrix.dims, 1] : matrix.dims;
  if (dims.length !== 2) return undefined;
  const isGemm = operator === "Gemm";
  const isTurned = isGemm && attributes.int("transB", 0) !== 0;
  if (isGemm && attributes.int("transA", 0) !== 0) return undefined;
  const added = isGemm && inputs[2] ? graph.constant(inputs[2]) : undefined;
  if (isGemm && inputs[2] && !added) return undefined;
  const alpha = (isGemm ? attributes.float("alpha") : 1) ?? 1;
  const beta = (isGemm ? attributes.float("beta") : 1) ?? 1;
  const sums = Number(dims[isTurned ? 0 : 1]);
  if (!(sums >= 1 && sums <= mostOutputs)) return undefined;
  const features = Number(dims[isTurned ? 1 : 0]);
  const coefficients = Float64Array.from({ length: sums * features }, (_, i) => {
    const [sum, feature] = [Math.floor(i / features), i % features];
    return alpha * Number(matrix.numbers[isTurned ? i : feature * sums + sum]);
  });
  const intercepts = alongColumns(added, sums)?.map((value) => beta * value);
  if (intercepts === undefined) return undefined;
  const rule = allScores(targetNames(node.outputs[0] ?? "", sums), "none");
  return reading(node, node.outputs[0], {
    coefficients,
    intercepts,
    rule,
  });
}

/** A constant that is added to each row of `columns` values, or undefined for one of another shape. */
export function alongColumns(
  constant: Constant | undefined,
  columns: number,
): number[] | undefined {
  const { dims = [], numbers = [0], texts = null } = constant ?? {};
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (texts || (count !== 1 && (count !== columns || dims.at(-1) !== columns))) return undefined;
  return Array.from({ length: columns }, (_, i) => Number(numbers[count === 1 ? 0 : i]));
}

function reading(
  node: GraphNode,
  scores: string | undefined,
  linear: {
    coefficients: ArrayLike<number>;
    intercepts: readonly number[];
    rule: ScoreRule;
    labels?: string[];
  },
): CoreReading {
  const { coefficients, intercepts, rule, labels = null } = linear;
  const sums = intercepts.length;
  const features = coefficients.length / sums;
  if (!Number.isInteger(features) || features === 0)
    throw invalidModel(`coefficients of ${sums} sums`, `${coefficients.length} coefficients`);
  const isOpposed =
    sums === 2 &&
    intercepts[0] === -Number(intercepts[1]) &&
    Array.from({ length: features }, (_, i) => i).every(
      (i) => coefficients[i] === -Number(coefficients[features + i]),
    );
  return {
    input: node.inputs[0] ?? "",
    scores: scores ?? "",
    labels,
    sums,
    rule,
    isOpposed,
    sumsToOne:
      labels !== null && (isProbability(rule) || (isOpposed && rule.postTransform === "logistic")),
    leastFeatures: features,
    read: (wanted, asked) => {
      if (wanted !== features)
        throw invalidModel(`coefficients of ${wanted} features`, `${features}`);
      return {
        kind: "linear",
        coefficients: spreadSums(coefficients, features, asked),
        intercepts: spreadBase(intercepts, asked),
      };
    },
  };
}
