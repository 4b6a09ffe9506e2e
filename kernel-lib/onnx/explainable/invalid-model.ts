import { AssayerError } from "../../errors";

/** The error for a file that is damaged or made to mislead. */
export function invalidModel(required: string, got: string): AssayerError {
  return new AssayerError(
    "invalid-model",
    `readExplainable requires ${required}; got ${got.slice(0, 200)}`,
  );
}
