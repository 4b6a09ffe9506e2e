import type { FeatureSide } from "./feature-side";

/** Beyond this the chance that drawn numbers never repeat is under one in a million: exp(-14). */
const noRepeatByChance = 14;

function areDifferentWords(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length && texts.every((text) => !/\s/u.test(text));
}

function areDifferentNumbers({ sample, summary }: FeatureSide): boolean {
  return (
    sample.kind === "numerical" &&
    sample.whole === true &&
    sample.sorted.length > 0 &&
    summary.distinct === sample.sorted.length
  );
}

/** Numbers drawn from so narrow a range would repeat: the birthday problem. Of other distributions they would sooner. */
function isDense({ sample }: FeatureSide): boolean {
  if (sample.kind !== "numerical") return false;
  const { sorted } = sample;
  const n = sorted.length;
  const width = (sorted[n - 1] as number) - (sorted[0] as number) + 1;
  return (n * n) / (2 * width) > noRepeatByChance;
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
