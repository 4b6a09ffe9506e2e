import { AssayerError } from "../errors";
import type { ModelVersion } from "../store/read/read-registry";

/** @throws AssayerError "unknown-model" when there is no such version */
export function pickVersion(
  versions: readonly ModelVersion[],
  model: string,
  number: number,
): ModelVersion {
  const version = versions.find((each) => each.number === number);
  if (version) return version;
  throw new AssayerError(
    "unknown-model",
    `unknown version: ${model}@${number}; expected one of ${versions.map((each) => each.number).join(", ")}`,
  );
}
