import { AssayerError } from "../errors";
import type { ExplainableModel } from "../explain/explainable-model";

/** Answers as 0 and 1: 1 where it is the label that is explained, or true of a label that is a name. */
export function logLossLabels(
  { outputs: [positive = ""] }: ExplainableModel,
  labels: ArrayLike<number | boolean | string> | undefined,
  count: number,
): Float64Array {
  if (labels?.length !== count)
    throw new AssayerError(
      "invalid-argument",
      `explain requires a label for each of ${count} rows for the output log-loss; got ${labels?.length ?? 0}`,
    );
  // The file tells the name of the explained class alone: of two further names one is a mistake.
  const others = new Set(
    Array.from(labels).filter(
      (label) => typeof label === "string" && label !== positive && !isAnswer(label),
    ),
  );
  if (others.size > 1)
    throw new AssayerError(
      "invalid-argument",
      `explain requires labels of two classes, ${positive} and another one; got ${others.size} others`,
    );
  return Float64Array.from(labels, (label, row) => {
    const answer: unknown = label;
    if (typeof answer === "number" || typeof answer === "boolean") return Number(answer);
    const found = typeof answer === "string" ? answerOf(positive, answer) : undefined;
    if (found !== undefined) return found;
    throw new AssayerError(
      "invalid-argument",
      `explain requires labels of the model's classes, such as ${positive}, or 1 and 0; got ${typeof answer === "string" ? "another text" : "nothing"} in row ${row}`,
    );
  });
}

/** Whether a text says 1 or 0, true or false, in place of a class. */
function isAnswer(label: string): boolean {
  return label === "true" || label === "false" || !Number.isNaN(Number(label));
}

/** 1 for the text of a class that is explained and 0 for another's; undefined for what is no class of it. */
function answerOf(positive: string, label: string): number | undefined {
  if (label === positive) return 1;
  const isName = Number.isNaN(Number(positive));
  const isTruth = label === "true" || label === "false";
  if (isTruth && positive !== "true" && positive !== "false") return Number(label === "true");
  const value = label.trim() === "" ? NaN : Number(label);
  if (isName) return Number(value === 1);
  return Number.isNaN(value) ? undefined : Number(value === Number(positive));
}
