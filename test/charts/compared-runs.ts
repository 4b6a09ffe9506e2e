import type { ComparedRun, RunSummary } from "../../kernel-lib/index";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

/** Three runs, one without momentum, and one whose metric diverged. */
export const threeRuns: ComparedRun[] = [
  {
    runId: "r1",
    name: "first",
    params: { rate: 0.1, depth: 2, optimizer: "sgd", momentum: 0.9 },
    metrics: { auc: 0.71, loss: 0.6 },
    tags: { team: "blue" },
  },
  {
    runId: "r2",
    name: "second",
    params: { rate: 0.001, depth: 6, optimizer: "adam" },
    metrics: { auc: 0.83456789, loss: 0.41 },
    tags: { team: "red" },
  },
  {
    runId: "r3",
    name: 'third "<b>"',
    params: { rate: 0.01, depth: 4, optimizer: "sgd", momentum: 0.5 },
    metrics: { auc: NaN, loss: Infinity },
  },
];

/** The compiler holds that what a project lists can be compared. */
export const fromProject = (runs: RunSummary[]): readonly ComparedRun[] => runs;

/** So many runs, a tenth of them without the metric. */
export function manyRuns(count: number): ComparedRun[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, i) => {
    const rate = 10 ** (-5 + 4 * random());
    const depth = 2 + Math.floor(random() * 8);
    return {
      runId: `r${i}`,
      name: `run-${i}`,
      params: { rate, depth, optimizer: random() < 0.5 ? "adam" : "sgd", warmup: random() < 0.5 },
      metrics: i % 10 === 3 ? {} : { auc: 0.6 + 0.03 * depth + 0.03 * random() },
    };
  });
}
