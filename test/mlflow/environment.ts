import { join } from "node:path";
import { pythonEnvironment } from "../python";

/** The folder of executables of the environment with MLflow, which the benchmark shares. */
export function mlflowEnvironment(): string {
  return pythonEnvironment("mlflow", join(__dirname, "..", "bench", "requirements.txt"));
}
