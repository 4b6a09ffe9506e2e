import { presentRows, type FeatureSide } from "./feature-side";

/** Beyond this the chance that drawn numbers never repeat is under one in a million: exp(-14). */
const noRepeatByChance = 14;

function areDifferentWords(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length && texts.every((text) => !/\s/u.test(text));
}

/** Share of distinct values from which on an estimate of them may be all. */
const nearlyAll = 0.95;
/** Of numbers drawn from a range that is so many times their number, under 0.95 are distinct: 5 (1 - exp(-1/5)). */
const narrow = 5;

function areDifferentNumbers(side: FeatureSide): boolean {
  const { sample, summary, approximate } = side;
  const n = presentRows(side);
  const share = approximate === true ? nearlyAll : 1;
  return (
    sample.kind === "numerical" &&
    sample.whole === true &&
    n > 0 &&
    Number(summary.distinct) >= share * n
  );
}

/** Numbers drawn from so narrow a range would repeat: the birthday problem. Of other distributions they would sooner. */
function isDense(side: FeatureSide): boolean {
  const { summary, approximate } = side;
  const n = presentRows(side);
  const width = Number(summary.max) - Number(summary.min) + 1;
  const isBeyondChance = (n * n) / (2 * width) > noRepeatByChance;
  return isBeyondChance && (approximate !== true || width <= narrow * n);
}

/**
 * Whether values name rows rather than describe them: texts that are single words, or whole numbers, none of which
 * comes twice on a side, in whole numbers by more than chance. Such a column is another one each time by its nature.
 */
export function isIdentifier(reference: FeatureSide, current: FeatureSide): boolean {
  const sides = [reference, current];
  if (reference.texts && current.texts)
    return (
      sides.every(({ texts = [] }) => areDifferentWords(texts)) &&
      sides.some(({ texts = [] }) => texts.length > 1)
    );
  return sides.every(areDifferentNumbers) && sides.some(isDense);
}
