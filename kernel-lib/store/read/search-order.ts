import { readField, type Field } from "./search-fields";
import { TokenReader } from "./search-tokens";

export interface Order {
  field: Field;
  descending: boolean;
}

/**
 * Reads one clause of an order, as of MLflow's `order_by`: a field, then `asc` (default) or `desc`.
 *
 * @throws AssayerError "invalid-filter" with the position, what was expected there and what came
 * @example parseOrder("metrics.auc desc")
 */
export function parseOrder(text: string): Order {
  const reader = new TokenReader(text);
  const field = readField(reader);
  if (field.group === "datasets")
    throw reader.unexpected("an attribute, a metric, a param or a tag", {
      kind: "word",
      text: "a dataset",
      start: 0,
      end: 0,
    });
  const descending = reader.take("desc");
  if (!descending) reader.take("asc");
  if (reader.peek().kind !== "end") throw reader.unexpected("asc, desc or the end");
  return { field, descending };
}
