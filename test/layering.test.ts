import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const root = join(__dirname, "..");

/** What each part may import beside itself; `kernel-lib` is the files at its root: index, cli, project. */
const pure = ["stats", "evaluate", "drift", "quality", "fairness", "explain", "charts"];
const foundation = ["errors", "version"];
const layers: Record<string, readonly string[]> = {
  errors: [],
  version: [],
  stats: foundation,
  evaluate: ["stats", ...foundation],
  explain: ["stats", ...foundation],
  drift: ["stats", "evaluate", ...foundation],
  quality: ["stats", ...foundation],
  fairness: ["stats", "evaluate", ...foundation],
  charts: [...pure, ...foundation],
  onnx: ["fairness", "explain", ...foundation],
  store: ["onnx", "drift", "quality", "fairness", "explain", ...foundation],
  registry: ["store", "onnx", "drift", "fairness", "explain", ...foundation],
  tracking: ["store", "registry", "drift", "quality", "fairness", "explain", ...foundation],
  project: [
    "store",
    "registry",
    "tracking",
    "drift",
    "quality",
    "fairness",
    "explain",
    ...foundation,
  ],
  monitor: [...pure, "store", ...foundation],
  explainers: [
    "stats",
    "evaluate",
    "explain",
    "onnx",
    "store",
    "registry",
    "project",
    ...foundation,
  ],
  serving: [
    "onnx",
    "fairness",
    "explain",
    "explainers",
    "registry",
    "project",
    "store",
    ...foundation,
  ],
  deploy: ["onnx", "registry", "serving", "project", "store", ...foundation],
  exchange: ["onnx", "registry", "tracking", "project", "store", ...foundation],
  notebook: ["charts", "drift", "quality", "fairness", "explain", ...foundation],
  demo: ["index"],
  index: [
    ...pure,
    "onnx",
    "store",
    "registry",
    "tracking",
    "project",
    "explainers",
    "serving",
    "deploy",
    "exchange",
    "monitor",
    "notebook",
    ...foundation,
  ],
  cli: ["index", "demo", "notebook", ...foundation],
  extension: ["webviews", "assayer"],
  webviews: ["assayer"],
};

/** Packages that these folders alone may import. */
const owners: Record<string, readonly string[]> = {
  "@duckdb/node-api": ["store"],
  "onnxruntime-node": ["onnx"],
  "node-sqlite3-wasm": ["exchange"],
  protobufjs: ["onnx"],
  fastify: ["serving"],
  vscode: ["extension"],
  vega: ["notebook", "webviews"],
  "vega-lite": ["notebook", "webviews"],
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === "dist" || name === "node_modules") return [];
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//gu, "");
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^;"']*?from\s+["']([^"']+)["']|(?:import|require)\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s+["']([^"']+)["']/gu,
  );
  return [...statements].map((match) => ({
    from: file,
    to: match[2] ?? match[3] ?? match[4] ?? "",
    typeOnly: match[1] !== undefined,
  }));
}

/** The part a file belongs to: its folder under kernel-lib, its name at kernel-lib's root, or the top folder. */
function partOf(path: string): string {
  const [top = "", second = "", ...rest] = relative(root, path).split("/");
  if (top !== "kernel-lib") return top;
  return rest.length === 0 ? second.replace(/\.ts$/u, "") : second;
}

const files = ["kernel-lib", "extension", "webviews"].flatMap((folder) =>
  sourceFiles(join(root, folder)),
);
const imports = files.flatMap(importsOf);

function targetPart({ from, to }: Import): string | undefined {
  if (to.startsWith(".")) return partOf(resolve(dirname(from), `${to}.ts`));
  return to === "assayer" || to.startsWith("assayer/") ? "assayer" : undefined;
}

test("every import follows the table of layers", () => {
  assert.ok(imports.length > 100, "the imports are found");
  const offences = imports.flatMap((each) => {
    const own = partOf(each.from);
    const target = targetPart(each);
    if (target === undefined || target === own) return [];
    return layers[own]?.includes(target) === true
      ? []
      : [`${relative(root, each.from)} > ${each.to}`];
  });
  assert.deepEqual(offences, []);
});

test("webviews import types of assayer, and code of assayer/charts alone", () => {
  const offences = imports.filter(
    (each) => partOf(each.from) === "webviews" && each.to === "assayer" && !each.typeOnly,
  );
  assert.deepEqual(offences, []);
});

test("the extension imports types of webviews/protocol alone", () => {
  const offences = imports.filter(
    (each) =>
      partOf(each.from) === "extension" &&
      targetPart(each) === "webviews" &&
      !(each.typeOnly && each.to.endsWith("webviews/protocol")),
  );
  assert.deepEqual(offences, []);
});

test("each guarded package is imported by its owner alone", () => {
  const offences = imports.flatMap((each) => {
    const allowed = owners[each.to];
    if (allowed === undefined || allowed.includes(partOf(each.from))) return [];
    return [`${relative(root, each.from)} > ${each.to}`];
  });
  assert.deepEqual(offences, []);
});

test("pure folders use no module of Node.js, no clock and no unseeded random numbers", () => {
  const offences = files.flatMap((file) => {
    if (!pure.includes(partOf(file))) return [];
    const text = readFileSync(file, "utf8");
    const found = /from "node:|Date\.now|new Date\(\)|Math\.random|performance\.now/u.exec(text);
    return found ? [`${relative(root, file)}: ${found[0]}`] : [];
  });
  assert.deepEqual(offences, []);
});

test("no files import each other in a circle", () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter(({ to, typeOnly }) => to.startsWith(".") && !typeOnly)
        .map(({ to }) => [
          `${resolve(dirname(file), to)}.ts`,
          join(resolve(dirname(file), to), "index.ts"),
        ])
        .flatMap((candidates) => candidates.filter((path) => files.includes(path))),
    ]),
  );
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file))
      assert.fail(
        [...path.slice(path.indexOf(file)), file].map((each) => relative(root, each)).join(" > "),
      );
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});
