import type { ExplanationMethod } from "../explain/explanation";
import type { LongWork } from "../store/long-work";
import type { ModelRows } from "./model-rows";

export interface EngineRequest extends LongWork {
  /** n answers from 0 to 1: of the log loss. */
  labels?: Float64Array;
  interactions?: boolean;
}

/** n rows explained for k outputs and p columns; arrays as in `Explanation`. */
export interface Explained {
  baseValue: Float64Array;
  shapValues: Float64Array;
  predictions: Float64Array;
  standardError: Float64Array | null;
  interactions: Float64Array | null;
  /** False where sampling ended before its tolerance was reached. */
  converged: boolean;
}

/** One way to explain a model, made ready. */
export interface Engine {
  readonly method: ExplanationMethod;
  /** What is explained of each row: n × k. Of the log loss that is the probability it is made of. */
  predict(rows: ModelRows): Promise<Float64Array>;
  explain(rows: ModelRows, request: EngineRequest): Promise<Explained>;
}
