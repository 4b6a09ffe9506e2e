import { exploreThresholds, ThresholdExplorer } from "assayer";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { measured, median, type Row } from "./row";

const group = "what-if";

/** Thresholds of 24 groups moved over a million predictions. */
export function benchWhatIf(): Promise<Row[]> {
  const rows = 1e6;
  const random = seededRandom(1);
  const yScore = Float64Array.from({ length: rows }, random);
  const yTrue = yScore.map((score) => (random() < score ? 1 : 0));
  const groups = Array.from({ length: rows }, () => `group ${Math.floor(24 * random())}`);
  const milliseconds = (work: (i: number) => unknown, times: number): number =>
    median(
      Array.from({ length: times }, (_, i) => {
        const start = performance.now();
        work(i);
        return performance.now() - start;
      }),
    );
  let explorer = new ThresholdExplorer({ yTrue, yScore, groups });
  const costs = { falseNegatives: 5, falsePositives: 1 };
  const choice = (i: number) => ({ threshold: i / 100, thresholds: { "group 7": 0.3 }, costs });
  const again = () => (explorer = new ThresholdExplorer({ yTrue, yScore, groups }));
  const thin = explorer.thin();
  const row = (figure: string, value: number, target: Parameters<typeof measured>[2]): Row =>
    measured({ group, figure, value, unit: "ms" }, "lower", target);
  return Promise.resolve([
    row(
      "a threshold moved, 1,000,000 predictions of 24 groups",
      milliseconds((i) => explorer.at(choice(i)), 100),
      { atMost: 100 },
    ),
    row(
      "the same of thinned counts",
      milliseconds((i) => exploreThresholds(thin.groups, choice(i)), 100),
      {
        atMost: 100,
      },
    ),
    row("sorting them once", milliseconds(again, 3), { atMost: 5000 }),
  ]);
}
