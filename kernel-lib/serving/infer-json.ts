import { z } from "zod";
import { AssayerError } from "../errors";
import { formatShape, type InferTensor } from "../onnx/tensor";
import { explainWish, parametersSchema, type ExplainWish } from "./explain-wish";
import { datatypeSchema, validate } from "./validate";

const requestSchema = z.object({
  id: z.string().optional(),
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.number().int().nonnegative()),
        datatype: datatypeSchema,
        // Checked where it is converted; a schema would walk a large array twice.
        data: z.custom<unknown[]>(Array.isArray, "expected an array of values"),
      }),
    )
    .min(1),
  outputs: z.array(z.object({ name: z.string() })).optional(),
  parameters: parametersSchema.optional(),
});

export interface InferRequest {
  id: string | undefined;
  inputs: InferTensor[];
  outputs: string[] | undefined;
  /** Whether the answer is to be explained, and how. */
  explain: ExplainWish | undefined;
}

/**
 * Reads the body of an infer request; `data` may be flat or nested as `shape` says.
 *
 * @throws AssayerError "invalid-input" naming what does not fit
 */
export function readInferRequest(body: unknown): InferRequest {
  const { id, inputs, outputs, parameters } = validate(requestSchema, body, "infer");
  return {
    id,
    inputs: inputs.map(({ data, ...tensor }) => ({ ...tensor, data: flatten(tensor, data) })),
    outputs:
      outputs === undefined || outputs.length === 0 ? undefined : outputs.map(({ name }) => name),
    explain: explainWish(parameters),
  };
}

type Value = number | boolean | string;

function flatten({ name, shape }: { name: string; shape: number[] }, data: unknown[]): Value[] {
  if (!data.some(Array.isArray)) return data as Value[];
  const flat: Value[] = [];
  const walk = (part: unknown, depth: number): void => {
    const isLeaf = depth === shape.length;
    if (Array.isArray(part) === isLeaf || (Array.isArray(part) && part.length !== shape[depth])) {
      throw new AssayerError(
        "invalid-input",
        `infer requires data of input "${name}" that is flat or nested as its shape ${formatShape(shape)}; got data nested otherwise`,
      );
    }
    if (!Array.isArray(part)) flat.push(part as Value);
    else for (const inner of part as unknown[]) walk(inner, depth + 1);
  };
  walk(data, 0);
  return flat;
}
