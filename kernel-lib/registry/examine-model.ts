import { repeatSample } from "../onnx/golden";
import { openSession } from "../onnx/session";
import { jsonTensors } from "../onnx/convert";
import type { GoldenSample } from "../onnx/tensor";
import { describeTensors } from "./describe-tensors";
import type { ModelOptions } from "./registry";

/** What ONNX Runtime says of a model, and its answers to the sample rows. */
export async function examineModel(onnx: Uint8Array, options: ModelOptions) {
  const session = await openSession(onnx);
  try {
    const input = describeTensors("input", session.inputs, options.input);
    const output = describeTensors("output", session.outputs, options.output);
    let sample: GoldenSample | null = null;
    if (options.sample && "inputs" in options.sample) {
      await repeatSample(session, options.sample);
      sample = options.sample;
    } else if (options.sample) {
      const inputs = session.tensorsOf(options.sample, { requestId: "sample" });
      const outputs = await session.infer(inputs);
      sample = { inputs: jsonTensors(inputs), outputs: jsonTensors(outputs) };
    }
    return { input, output, sample };
  } finally {
    await session.close();
  }
}
