import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDemo } from "assayer/demo";
import { measured, type Row } from "./row";

/** The whole demo: two dozen models trained, logged, registered, promoted. */
export async function benchDemo(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  const start = performance.now();
  await createDemo(join(folder, "demo"));
  const value = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  return [
    measured({ group: "demo", figure: "demo, end to end", value, unit: "s" }, "lower", {
      atMost: 60,
    }),
  ];
}
