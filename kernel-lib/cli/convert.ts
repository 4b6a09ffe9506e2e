import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { messageOf } from "../errors";
import { AssayerError, lightgbmToOnnx, xgboostToOnnx, type BoosterModel } from "../index";
import type { CommandLine } from "./command-line";

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AssayerError("invalid-source", `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Class labels are numbers where all of them are whole ones. */
function labels(words: readonly string[]): string[] | number[] {
  const numbers = words.map(Number);
  return numbers.every(Number.isSafeInteger) ? numbers : [...words];
}

function convert(path: string, words: readonly string[] | undefined): BoosterModel {
  const options = words === undefined ? {} : { classes: labels(words) };
  if (path.endsWith(".json")) return xgboostToOnnx(read(path), options);
  if (path.endsWith(".txt")) return lightgbmToOnnx(read(path), options);
  throw new AssayerError(
    "invalid-argument",
    `convert requires a model of XGBoost (*.json) or LightGBM (*.txt); got ${path}`,
  );
}

/** The command that makes an ONNX file of a booster's own; it needs no project. */
export function addConvertCommand(program: Command, { print }: CommandLine): void {
  program
    .command("convert")
    .description("make an ONNX file of an XGBoost model (JSON) or a LightGBM model (text)")
    .argument("<model>", "what save_model wrote: model.json of XGBoost, model.txt of LightGBM")
    .requiredOption("-o, --out <file>", "where to write it, such as model.onnx")
    .option("--classes <labels...>", "labels of a classifier's classes, in its order (0, 1, …)")
    .action((path: string, { out, classes }: { out: string; classes?: string[] }) => {
      const { onnx, ensemble, featureNames, objective } = convert(path, classes);
      writeFileSync(out, onnx);
      const made = {
        out,
        objective,
        features: featureNames.length,
        trees: ensemble.roots.length,
        nodes: ensemble.feature.length,
        bytes: onnx.byteLength,
      };
      print(
        made,
        () =>
          `${out}: ${objective}, ${made.features} features, ${made.trees} trees, ${made.nodes.toLocaleString("en")} nodes, ${made.bytes.toLocaleString("en")} bytes`,
      );
    });
}
