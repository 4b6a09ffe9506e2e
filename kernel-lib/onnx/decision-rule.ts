import { AssayerError, messageOf } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { requireRule } from "../fairness/require-rule";
import { readMetadata } from "./model-fields";

/** Where a model carries its decision rule as JSON. */
export const ruleKey = "assayer.decision_rule";

/** Names that a model with a decision rule has for itself. */
export const ruleTensors = {
  /** Output: the answers, INT64, one a row. */
  decision: "decision",
  /** Input of a rule with randomness: FP64, rows × 1; sessions and servers make it of the ids. */
  requestNumber: "request_number",
  /** What callers may send to name each row; no input of the model itself. */
  requestId: "request_id",
} as const;

/**
 * The decision rule in a model, as `decisionRuleToOnnx` put it there; null in a model without.
 *
 * @param model bytes of an ONNX file
 * @throws AssayerError "invalid-model" for a rule that cannot be read
 */
export function readDecisionRule(model: Uint8Array): DecisionRule | null {
  try {
    const text = readMetadata(model).get(ruleKey);
    return text === undefined ? null : requireRule("readDecisionRule", JSON.parse(text));
  } catch (cause) {
    throw new AssayerError(
      "invalid-model",
      `readDecisionRule requires an ONNX model with a rule that can be read; got: ${messageOf(cause)}`,
      { cause },
    );
  }
}
