import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pythonEnvironment } from "../python";

const root = join(__dirname, "..", "..");
const notebooks = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));

interface Output {
  output_type: string;
  name?: string;
  text?: string[];
  data?: Record<string, unknown>;
}

interface Cell {
  cell_type: string;
  source: string[];
  outputs?: Output[];
}

function readCells(path: string): Cell[] {
  const notebook = JSON.parse(readFileSync(path, "utf8")) as { cells: Cell[] };
  return notebook.cells.filter(({ cell_type }) => cell_type === "code");
}

const mediaTypes = (cell: Cell) =>
  (cell.outputs ?? []).map(
    ({ name, data }) =>
      name ??
      Object.keys(data ?? {})
        .sort()
        .join(" "),
  );

/** Runs a notebook in Jupyter with the tslab kernel, in a folder beside nothing but the packages. */
function execute(name: string): { folder: string; cells: Cell[] } {
  const bin = pythonEnvironment("jupyter", join(__dirname, "requirements.txt"));
  const kernels = join(bin, "..");
  execFileSync(process.execPath, [
    join(root, "node_modules", "tslab", "bin", "tslab"),
    "install",
    `--python=${join(bin, "python")}`,
    `--prefix=${kernels}`,
    `--binary=${join(root, "node_modules", ".bin", "tslab")}`,
  ]);
  const folder = mkdtempSync(join(tmpdir(), "assayer-notebook-"));
  cpSync(join(root, "notebooks", name), join(folder, name));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  execFileSync(
    join(bin, "jupyter"),
    ["nbconvert", "--to", "notebook", "--execute", "--inplace", name],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, JUPYTER_PATH: join(kernels, "share", "jupyter") },
    },
  );
  return { folder, cells: readCells(join(folder, name)) };
}

/** What a notebook must print, beside showing outputs of the same kinds as the committed one. */
const printed: Readonly<Record<string, RegExp>> = {
  "02-tracking.ipynb": /8 cells, the first of them: import \{ metricCurves, openProject, /u,
};

for (const name of notebooks)
  test(`${name} runs in Jupyter with tslab, and shows what the committed one shows`, (t) => {
    const { folder, cells } = execute(name);
    t.after(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const committed = readCells(join(root, "notebooks", name));
    cells.forEach((cell, i) => {
      const source = cell.source.join("");
      const errors = (cell.outputs ?? []).filter(
        (output) => output.output_type === "error" || output.name === "stderr",
      );
      assert.deepEqual(errors, [], source);
      assert.deepEqual(mediaTypes(cell), mediaTypes(committed[i] ?? cell), source);
    });
    assert.ok(
      cells.some((cell) => mediaTypes(cell).some((types) => types.includes("image/svg+xml"))),
    );
    const text = cells.flatMap(({ outputs = [] }) => outputs.flatMap((each) => each.text ?? []));
    assert.match(text.join(""), printed[name] ?? /./u);
  });

test("completion and types of assayer reach a cell", () => {
  const folder = mkdtempSync(join(tmpdir(), "assayer-types-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const script = `
    const { createConverter } = require(${JSON.stringify(join(root, "node_modules", "tslab", "dist", "converter.js"))});
    const converter = createConverter({});
    const source = 'import { openProject } from "assayer"; const p = await openProject(); p.';
    const { candidates } = converter.complete("", source, source.length);
    const wrong = converter.convert("", 'import { openProject } from "assayer"; openProject(3);').diagnostics;
    console.log(JSON.stringify({ candidates, wrong: wrong.map(({ messageText }) => messageText) }));
    converter.close();
    process.exit(0);`;
  const output = execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  const { candidates, wrong } = JSON.parse(output) as { candidates: string[]; wrong: string[] };
  for (const name of ["startRun", "registry", "sql", "close"])
    assert.ok(candidates.includes(name), name);
  assert.deepEqual(wrong, [
    "Argument of type 'number' is not assignable to parameter of type 'string'.",
  ]);
});
