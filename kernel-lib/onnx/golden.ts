import { AssayerError } from "../errors";
import type { Session } from "./session";
import { formatShape, type Datatype, type GoldenSample, type InferTensor } from "./tensor";

/** How far a repeated output may be off, as a share of `max(1, |expected|)`; other types are exact. */
const tolerances: Partial<Record<Datatype, number>> = { FP16: 1e-3, FP32: 1e-6, FP64: 1e-12 };

/**
 * Runs a golden sample through a model and compares the answer with the stored one.
 *
 * @throws AssayerError "sample-mismatch" naming the first difference
 */
export async function repeatSample(session: Session, sample: GoldenSample): Promise<void> {
  const names = sample.outputs.map(({ name }) => name);
  compareOutputs(sample.outputs, await session.infer(sample.inputs, names));
}

/**
 * Compares the outputs of one sample: FP32 within 1e-6 × max(1, |expected|) (FP16 1e-3, FP64 1e-12),
 * labels and whole numbers exactly.
 *
 * @throws AssayerError "sample-mismatch" naming the first difference
 */
export function compareOutputs(
  expected: readonly InferTensor[],
  actual: readonly InferTensor[],
): void {
  for (const wanted of expected) {
    const got = actual.find(({ name }) => name === wanted.name);
    const problem = got === undefined ? "no such output" : differenceOf(wanted, got);
    if (problem !== undefined) {
      throw new AssayerError(
        "sample-mismatch",
        `the golden sample requires output "${wanted.name}" as it was when the version was registered; got ${problem}`,
      );
    }
  }
}

function differenceOf(wanted: InferTensor, got: InferTensor): string | undefined {
  if (got.datatype !== wanted.datatype) return `${got.datatype} instead of ${wanted.datatype}`;
  if (formatShape(got.shape) !== formatShape(wanted.shape)) {
    return `shape ${formatShape(got.shape)} instead of ${formatShape(wanted.shape)}`;
  }
  const tolerance = tolerances[wanted.datatype];
  const position = wanted.data.findIndex((value, i) => {
    const other = got.data[i];
    return tolerance === undefined ? other !== value : !close(value, other, tolerance);
  });
  if (position === -1 && got.data.length === wanted.data.length) return undefined;
  return position === -1 ? "another number of values" : `another value at position ${position}`;
}

/** JSON carries NaN and the infinities as text. */
function close(expected: unknown, actual: unknown, tolerance: number): boolean {
  if (typeof actual !== "number" && typeof actual !== "string") return false;
  const [a, b] = [Number(expected), Number(actual)];
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
}
