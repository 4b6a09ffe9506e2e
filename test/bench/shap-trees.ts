import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TreeEnsemble } from "assayer";
import { pythonEnvironment } from "../python";

/** An ensemble as shap's TreeExplainer parsed it, with rows to explain. */
export interface PeerTrees {
  folder: string;
  ensemble: TreeEnsemble;
  rows: Float64Array;
  count: number;
  leaves: number;
}

interface Meta {
  trees: number;
  width: number;
  base: number;
  features: number;
  rows: number;
  leaves: number;
}

const script = join(__dirname, "shap_peer.py");

/** Runs the peer's script, and gives what it prints. */
export function peer(...words: readonly (string | number)[]): string {
  const requirements = join(__dirname, "..", "parity", "requirements-shap.txt");
  const python = join(pythonEnvironment("shap", requirements), "python");
  return execFileSync(python, [script, ...words.map(String)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Trees that the peer's script makes, once: training takes longer than explaining. */
export function peerTrees(what: "make" | "sparse", ...numbers: readonly number[]): PeerTrees {
  const folder = join(
    __dirname,
    "..",
    "..",
    ".cache",
    "bench",
    ["shap", what, ...numbers].join("-"),
  );
  if (!existsSync(join(folder, "meta.json"))) peer(what, folder, ...numbers);
  const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Meta;
  const { width, trees, features } = meta;
  const nodes = trees * width;
  const ints = (name: string) => new Int32Array(bytes(folder, name));
  const doubles = (name: string) => new Float64Array(bytes(folder, name));
  const inTree = (children: Int32Array) =>
    children.map((child, i) => (child < 0 ? -1 : i - (i % width) + child));
  const [left, right, missing] = [
    inTree(ints("children_left")),
    inTree(ints("children_right")),
    inTree(ints("children_default")),
  ];
  const asked = ints("features");
  const ensemble: TreeEnsemble = {
    roots: Int32Array.from({ length: trees }, (_, tree) => tree * width),
    feature: asked.map((feature, i) => (Number(left[i]) < 0 ? -1 : feature)),
    threshold: doubles("thresholds"),
    mode: new Uint8Array(nodes),
    yes: left,
    no: right,
    missingYes: Uint8Array.from(left, (child, i) => Number(child >= 0 && child === missing[i])),
    members: new Map(),
    cover: doubles("node_sample_weight"),
    leafStart: Int32Array.from({ length: nodes + 1 }, (_, i) => i),
    leafOutput: new Int32Array(nodes),
    leafWeight: doubles("values"),
    baseValues: Float64Array.of(meta.base),
    features,
  };
  return { folder, ensemble, rows: doubles("rows"), count: meta.rows, leaves: meta.leaves };
}

/** SHAP values that the peer last found of the trees in a folder. */
export function peerValues(folder: string): Float64Array {
  return new Float64Array(bytes(folder, "phi"));
}

function bytes(folder: string, name: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(join(folder, name))).buffer;
}
