import { z } from "zod";
import { AssayerError, type ErrorCode } from "../errors";
import type { Datatype } from "../onnx/tensor";

const datatypes = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
] as const satisfies readonly Datatype[];

const dimension = z.number().int().nonnegative();

export const datatypeSchema = z.enum(datatypes);

export const tensorSpecSchema = z
  .object({
    name: z.string().min(1),
    datatype: datatypeSchema,
    shape: z.array(z.number().int().min(-1)),
    columns: z.array(z.string()).optional(),
  })
  .transform(({ columns, ...spec }) => (columns === undefined ? spec : { ...spec, columns }));

export const tensorSchema = z.object({
  name: z.string(),
  shape: z.array(dimension),
  datatype: datatypeSchema,
  data: z.array(z.union([z.number(), z.boolean(), z.string()])),
});

export const sampleSchema = z.object({
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
});

/**
 * Checks a value that came from outside.
 *
 * @throws AssayerError with `code`, naming the first place that does not fit
 */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  caller: string,
  code: ErrorCode = "invalid-input",
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.map(String).join(".") ?? "";
  const problem = (issue?.message ?? "another form").replace(/^Invalid input: /, "");
  throw new AssayerError(
    code,
    `${caller} requires ${place === "" ? "a JSON object" : place}: ${problem}`,
  );
}
