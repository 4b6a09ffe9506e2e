// The one build script: the library, its command line and demo, the extension, and its webviews.
// `node build.mjs [--watch | --package]`; every output goes to a `dist` folder, which git ignores.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const library = join(root, "kernel-lib");
const libraryDist = join(library, "dist");
const watch = process.argv.includes("--watch");

/** Files of the library that are bundles of their own: whoever imports one requires it at run time. */
const libraryParts = {
  index: join(library, "index.ts"),
  charts: join(library, "charts", "index.ts"),
  cli: join(library, "cli.ts"),
  demo: join(library, "demo", "index.ts"),
  "tree-shap-worker": join(library, "explainers", "workers", "tree-shap-worker.ts"),
};

const node = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20.19",
  sourcemap: true,
};

/** Keeps one copy of the library in memory: the command line and the demo require index.js. */
function requireParts(own, parts) {
  const fileOf = new Map(
    parts.filter((part) => part !== own).map((part) => [libraryParts[part], part]),
  );
  return {
    name: "require-parts",
    setup(build) {
      build.onResolve({ filter: /^\./ }, async ({ path, pluginData, ...options }) => {
        if (pluginData === "asked") return undefined;
        const resolved = await build.resolve(path, { ...options, pluginData: "asked" });
        const part = fileOf.get(resolved.path);
        return part === undefined ? resolved : { path: `./${part}.js`, external: true };
      });
      build.onResolve({ filter: /^assayer$/ }, () => ({ path: "./index.js", external: true }));
    },
  };
}

function libraryBundles() {
  const bundle = (part, parts, options = {}) => ({
    ...node,
    entryPoints: [libraryParts[part]],
    outfile: join(libraryDist, `${part}.js`),
    packages: "external",
    plugins: [requireParts(part, parts)],
    ...options,
  });
  return [
    bundle("index", []),
    bundle("charts", []),
    // A worker thread loads what it does and nothing more.
    bundle("tree-shap-worker", []),
    bundle("cli", ["index", "demo"], { banner: { js: "#!/usr/bin/env node" } }),
    // The demo ships its trainers and its data, which users of the library do not need.
    bundle("demo", ["index"], { packages: "bundle" }),
  ];
}

function extensionBundle() {
  return {
    ...node,
    entryPoints: [join(root, "extension", "main.ts")],
    outfile: join(root, "extension", "dist", "main.js"),
    external: ["vscode", "assayer", "assayer/demo"],
    alias: { "assayer/charts": libraryParts.charts },
    minify: !watch,
    sourcemap: watch,
  };
}

function webviewBundle() {
  const folder = join(root, "webviews");
  return {
    bundle: true,
    platform: "browser",
    format: "iife",
    target: "es2022",
    minify: !watch,
    sourcemap: watch,
    entryPoints: [
      ...["run", "runs-table", "compare", "model"],
      ...["drift", "quality", "performance", "fairness", "explanation"],
    ].map((panel) => join(folder, `${panel}.ts`)),
    outdir: join(root, "extension", "dist", "webviews"),
    alias: { "assayer/charts": libraryParts.charts },
    loader: { ".ttf": "file" },
    legalComments: "none",
    assetNames: "[name]",
  };
}

/** Declarations: the compiler writes dist/types, and the ES module twins point there. */
function declarations() {
  execFileSync(
    process.execPath,
    [join(root, "node_modules", "typescript", "bin", "tsc"), "-b", library],
    { stdio: "inherit" },
  );
}

/** ES modules that name what the CommonJS bundle exports, so that both share one instance. */
function esModuleTwins() {
  const require = createRequire(import.meta.url);
  const typesOf = {
    index: "./types/index.js",
    charts: "./types/charts/index.js",
    demo: "./types/demo/index.js",
  };
  for (const [part, types] of Object.entries(typesOf)) {
    const names = Object.keys(require(join(libraryDist, `${part}.js`))).sort();
    writeFileSync(
      join(libraryDist, `${part}.mjs`),
      `import library from "./${part}.js";\nexport const {\n  ${names.join(",\n  ")},\n} = library;\n`,
    );
    writeFileSync(join(libraryDist, `${part}.d.mts`), `export * from "${types}";\n`);
  }
}

/** SQL is read at run time, from beside the bundle. */
function copySql() {
  const store = join(library, "store");
  for (const file of readdirSync(store, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".sql")) {
      const name = file.split(sep).join("/");
      cpSync(join(store, file), join(libraryDist, name));
    }
}

/** The demo's data, read at run time as well. */
function copyFlights() {
  cpSync(join(library, "demo", "flights.parquet"), join(libraryDist, "flights.parquet"));
}

/** The icon font and its style sheet, which the webviews link. */
function copyCodicons() {
  const target = join(root, "extension", "dist", "codicons");
  mkdirSync(target, { recursive: true });
  for (const file of ["codicon.css", "codicon.ttf"])
    cpSync(join(root, "node_modules", "@vscode", "codicons", "dist", file), join(target, file));
}

async function bundle(options) {
  if (!watch) return esbuild.build({ logLevel: "warning", ...options });
  const context = await esbuild.context({ logLevel: "info", ...options });
  return context.watch();
}

/** Modules that draw charts in Node.js, each as one file: as npm has them they are sixty packages. */
const chartModules = ["vega", "vega-lite"];
const moduleBundle = (name) => join(root, "dist", "modules", name);

function bundleChartModules() {
  return Promise.all(
    chartModules.map(async (name) => {
      await esbuild.build({
        stdin: { contents: `export * from "${name}";`, resolveDir: library },
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20.19",
        external: ["canvas"],
        minify: true,
        legalComments: "none",
        logLevel: "warning",
        outfile: join(moduleBundle(name), "index.js"),
      });
      const own = join(root, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
      const manifest = { name, version, license, type: "module", main: "index.js" };
      writeFileSync(join(moduleBundle(name), "package.json"), JSON.stringify(manifest));
      cpSync(join(own, "LICENSE"), join(moduleBundle(name), "LICENSE"));
    }),
  );
}

/** The modules that .vscodeignore lets through. */
function shippedModules() {
  const list = readFileSync(join(root, ".vscodeignore"), "utf8");
  const names = [...list.matchAll(/^!extension\/dist\/node_modules\/((?:@[^/]+\/)?[^/]+)/gmu)];
  return new Set(names.map(([, name]) => name));
}

/**
 * The extension with what it needs on one platform, in dist/. It is packaged from a folder of links to what may
 * ship, since vsce looks at every file below the folder where it runs.
 */
async function packageExtension(target) {
  await bundleChartModules();
  const staging = join(root, "dist", "vsix");
  rmSync(staging, { recursive: true, force: true });
  const link = (from, to) => {
    mkdirSync(dirname(join(staging, to)), { recursive: true });
    symlinkSync(join(root, from), join(staging, to));
  };
  const texts = ["README.md", "CHANGELOG.md", "LICENSE", ".vscodeignore", "package.json"];
  for (const name of [...texts, "extension/media"]) link(name, name);
  for (const name of readdirSync(join(root, "extension", "dist")))
    link(`extension/dist/${name}`, `extension/dist/${name}`);
  for (const name of shippedModules())
    link(
      chartModules.includes(name) ? relative(root, moduleBundle(name)) : `node_modules/${name}`,
      `extension/dist/node_modules/${name}`,
    );
  const file = join(root, "dist", `assayer-${target}.vsix`);
  const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
  const options = ["--no-dependencies", "--follow-symlinks", "--allow-missing-repository"];
  options.push("--no-rewrite-relative-links", "--target", target, "--out", file);
  execFileSync(process.execPath, [vsce, "package", ...options], { cwd: staging, stdio: "inherit" });
}

rmSync(join(root, "extension", "dist", "webviews"), { recursive: true, force: true });
await Promise.all(libraryBundles().map(bundle));
copySql();
copyFlights();
esModuleTwins();
await Promise.all([extensionBundle(), webviewBundle()].map(bundle));
copyCodicons();
declarations();
if (process.argv.includes("--package")) await packageExtension("linux-x64");
