import { countCoverage, rowCoverage, scenarios } from "./coverage";

/** `node --import tsx test/fairness/coverage-table.ts [repetitions]`: the whole table of simulated coverage. */
const repetitions = Number(process.argv[2] ?? 4000);
const rows = [
  ...scenarios.flatMap((scenario, s) => countCoverage(scenario, repetitions, 100 + s)),
  ...[
    [30, 40],
    [100, 100],
    [400, 300, 500],
  ].flatMap((sizes, s) => rowCoverage(sizes, repetitions / 4, 200 + s)),
];
console.log("| groups | figure | covered | above | below |\n| --- | --- | --- | --- | --- |");
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
for (const { scenario, figure, covered, above, below } of rows)
  console.log(
    `| ${scenario} | ${figure} | ${percent(covered)} | ${percent(above)} | ${percent(below)} |`,
  );
