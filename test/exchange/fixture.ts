import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { temporaryFolder } from "../temporary-folder";

const fixtures = join(__dirname, "fixtures");

export type Kind = "sqlite" | "files";

/** What MLflow's own client read from a store: see test/parity/mlflow-store.py. */
export interface Golden {
  experiments: string[];
  runs: {
    runId: string;
    experiment: string;
    name: string;
    status: string;
    lifecycle: string;
    user: string;
    start: number;
    end: number | null;
    params: Record<string, string>;
    tags: Record<string, string>;
    metrics: Record<string, [step: number, timestamp: number, value: number | string][]>;
    datasets: {
      name: string;
      digest: string;
      source: string;
      source_type: string;
      schema: string;
      profile: string;
      tags: Record<string, string>;
    }[];
    models: string[];
    artifacts: Record<string, [size: number, sha256: string]>;
  }[];
  loggedModels: {
    modelId: string;
    name: string;
    runId: string;
    params: Record<string, string>;
    tags: Record<string, string>;
    files: Record<string, [size: number, sha256: string]>;
  }[];
  versions: {
    model: string;
    version: number;
    stage: string;
    runId: string;
    description: string | null;
    created: number;
    tags: Record<string, string>;
    aliases: string[];
  }[];
}

/** A small real MLflow store in a folder of its own. */
export function mlflowStore(kind: Kind): string {
  const folder = temporaryFolder();
  execFileSync("tar", ["-xzf", join(fixtures, `mlflow-${kind}.tar.gz`), "-C", folder]);
  return folder;
}

export function golden(kind: Kind): Golden {
  const bytes = gunzipSync(readFileSync(join(fixtures, `mlflow-${kind}.json.gz`)));
  return JSON.parse(bytes.toString()) as Golden;
}
