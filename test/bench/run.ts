import type { Row } from "./row";
import { benchDemo } from "./demo";
import { benchDrift } from "./drift";
import { benchFairness } from "./fairness";
import { benchEvaluate } from "./evaluate";
import { benchKernelShap } from "./kernel-shap";
import { benchProfile } from "./profile";
import { benchQuality } from "./quality";
import { benchReading } from "./reading";
import { benchShap } from "./shap";
import { benchStreaming } from "./streaming";
import { benchTracking } from "./tracking";
import { benchWhatIf } from "./what-if";

/** `npm run bench [-- group …] [--json]`: every group measures itself and its peer in one run. */
const groups: Readonly<Record<string, () => Promise<Row[]>>> = {
  demo: benchDemo,
  drift: benchDrift,
  fairness: benchFairness,
  evaluate: benchEvaluate,
  "kernel-shap": benchKernelShap,
  profile: benchProfile,
  quality: benchQuality,
  reading: benchReading,
  shap: benchShap,
  streaming: benchStreaming,
  tracking: benchTracking,
  "what-if": benchWhatIf,
};

function format(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(3)));
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const wanted = words.filter((word) => !word.startsWith("--"));
  const unknown = wanted.filter((name) => !(name in groups));
  if (unknown.length > 0) {
    console.error(
      `unknown group: ${unknown.join(", ")}; expected one of ${Object.keys(groups).join(", ")}`,
    );
    process.exitCode = 2;
    return;
  }
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(groups))
    if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await bench()));
  if (words.includes("--json")) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  for (const { group, figure, value, unit, peer, ratio, target, met } of rows)
    console.log(
      [
        met ? "met   " : "MISSED",
        `${group}: ${figure}: ${format(value)} ${unit}`,
        ...(peer === null ? [] : [`peer ${format(peer)} ${unit}, ${format(ratio)}×`]),
        ...(target === "" ? [] : [`target ${target}`]),
      ].join("  "),
    );
}

void main();
