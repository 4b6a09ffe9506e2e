import { AssayerError } from "../../errors";
import type { DriftMethod } from "./drift-method";
import { evidentlyDistances } from "./evidently-distances";
import { evidentlyTests } from "./evidently-tests";
import { nannymlMethods } from "./nannyml-methods";

const all: readonly DriftMethod[] = [...evidentlyTests, ...evidentlyDistances, ...nannymlMethods];

/**
 * Ways to tell whether a feature drifted, by name: those of Evidently 0.7.21 under its names, with its default
 * thresholds, its binning, its smoothing and its rule of comparison; and those of NannyML 0.13.1 that differ from them.
 *
 * @example driftMethods.get("psi")?.threshold // 0.1
 */
export const driftMethods: ReadonlyMap<string, DriftMethod> = new Map(
  all.map((method) => [method.name, method]),
);

/**
 * A method by its name.
 *
 * @throws AssayerError "invalid-argument" for an unknown name
 */
export function driftMethod(name: string): DriftMethod {
  const method = driftMethods.get(name);
  if (method === undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown drift method: ${name}; expected one of ${[...driftMethods.keys()].join(", ")}`,
    );
  return method;
}
