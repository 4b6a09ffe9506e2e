import { AssayerError } from "../errors";
import { formatShape, shapeMatches, type TensorSpec } from "../onnx/tensor";

/**
 * The tensors of an ONNX file with what the caller said about them, by position.
 *
 * @param actual what the file says
 * @param described names, shapes and columns that the caller expects; anything may be left out
 * @throws AssayerError "invalid-model" where the two differ
 */
export function describeTensors(
  what: "input" | "output",
  actual: readonly TensorSpec[],
  described: readonly Partial<TensorSpec>[] | undefined,
): TensorSpec[] {
  if (!described) return [...actual];
  const refuse = (wanted: string, got: string): never => {
    throw new AssayerError("invalid-model", `the model's ${what} requires ${wanted}; got ${got}`);
  };
  if (described.length !== actual.length)
    refuse(`${actual.length} tensors, as the ONNX file has`, String(described.length));
  return actual.map((tensor, position) => {
    const said = described[position] ?? {};
    if (said.name !== undefined && said.name !== tensor.name)
      refuse(`the name ${tensor.name}, as the ONNX file has`, said.name);
    if (said.datatype !== undefined && said.datatype !== tensor.datatype)
      refuse(`the type ${tensor.datatype}, as the ONNX file has`, said.datatype);
    if (said.shape && tensor.shape.length > 0 && !shapeMatches(said.shape, tensor.shape))
      refuse(`a shape ${formatShape(tensor.shape)}, as the ONNX file has`, formatShape(said.shape));
    const shape = said.shape ?? tensor.shape;
    const width = shape.at(-1);
    if (said.columns && width !== undefined && width !== -1 && said.columns.length !== width)
      refuse(`${width} columns`, String(said.columns.length));
    return { ...tensor, shape, ...(said.columns ? { columns: [...said.columns] } : {}) };
  });
}
