import { AssayerError } from "../../errors";

/**
 * What the model should say: that an output's value lies in a range (a probability, a number), or that a class is the
 * likeliest. Of one output that is the probability of the second of two classes, class 1 is from 0.5 on.
 */
export type CounterfactualGoal =
  { output?: number; atLeast?: number; atMost?: number } | { class: number };

/**
 * How far an answer is from the goal: 0 or less where it is met.
 *
 * @throws AssayerError "invalid-argument" for an output that the model has not, or no bound
 */
export function gapOf(
  goal: CounterfactualGoal,
  outputs: number,
): (answers: Float64Array, row: number) => number {
  const fail = (wanted: string, got: string | number): never => {
    throw new AssayerError("invalid-argument", `counterfactuals requires ${wanted}; got ${got}`);
  };
  const known = (value: number, count: number, what: string) => {
    if (Number.isInteger(value) && value >= 0 && value < count) return;
    fail(`a goal for ${what} from 0 to ${count - 1}`, value);
  };
  if ("class" in goal) {
    known(goal.class, Math.max(2, outputs), "a class");
    const wanted = goal.class;
    if (outputs === 1)
      return (answers, row) => {
        const answer = answers[row] as number;
        return wanted === 1
          ? 0.5 - answer
          : answer < 0.5
            ? answer - 0.5
            : Math.max(1e-12, answer - 0.5);
      };
    return (answers, row) => {
      let best = -Infinity;
      for (let k = 0; k < outputs; k++)
        if (k !== wanted) best = Math.max(best, answers[row * outputs + k] as number);
      return best - (answers[row * outputs + wanted] as number);
    };
  }
  const { output = 0, atLeast = -Infinity, atMost = Infinity } = goal;
  known(output, outputs, "an output");
  if (!(atLeast <= atMost) || (atLeast === -Infinity && atMost === Infinity))
    fail("a goal with a range, atLeast or atMost or both", `${atLeast} to ${atMost}`);
  return (answers, row) => {
    const answer = answers[row * outputs + output] as number;
    return Math.max(atLeast - answer, answer - atMost);
  };
}
