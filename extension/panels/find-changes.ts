import type { ExplanationReport, Explainer } from "assayer";
import type { AskedChanges, FoundChanges } from "../../webviews/protocol";

/** Columns that are changed at most, and ways that are told. */
const mostChanges = 3;
const ways = 3;

/**
 * The nearest values after which the model's own output, a probability or a number, is what is aimed at; without an
 * aim, on the other side of even odds, or of the average. What values columns have is told by the report's rows.
 */
export async function findChanges(
  explainer: Explainer,
  report: ExplanationReport,
  asked: AskedChanges,
  signal: AbortSignal,
): Promise<FoundChanges> {
  const { values, held, sequence } = asked;
  const output = Math.max(0, explainer.model.outputs.indexOf(asked.output));
  const isProbability = /^(?:probability|log-odds|log-scores|probits)/u.test(report.unit);
  const data = [values, ...report.sample.map((row) => row.values), ...report.backgroundRows];
  const common = {
    data,
    limits: Object.fromEntries(held.map((column) => [column, { fixed: true }])),
    count: ways,
    mostChanges,
    signal,
  };
  // Such a goal is reached already, which tells what the model says now.
  const known = await explainer.counterfactuals([values], {
    ...common,
    goal: { output, atLeast: -Number.MAX_VALUE },
  });
  const now = known.predictions[output] ?? NaN;
  const average = Number((report.baseValue[output] ?? 0).toPrecision(3));
  // A score parts two classes by its sign.
  const limit = isProbability ? 0.5 : report.unit.startsWith("score of ") ? 0 : average;
  const aim = asked.aim ?? { side: now >= limit ? "at most" : "at least", value: limit };
  const found = await explainer.counterfactuals([values], {
    ...common,
    goal: { output, ...(aim.side === "at least" ? { atLeast: aim.value } : { atMost: aim.value }) },
  });
  return {
    sequence,
    aim,
    now,
    unit: isProbability ? `probability of ${asked.output}` : report.unit,
    changes: found.counterfactuals.map((each) => ({
      values: each.values,
      prediction: each.predictions[output] ?? NaN,
    })),
    note: found.reached
      ? "It is so already."
      : `No change of up to ${mostChanges} columns was found that gives it, within the values of the data.`,
  };
}
