import type { ComparedFeature, MissingTest } from "./compare-feature";
import { numberWords } from "../number-words";
import type { DriftVerdict, EffectSize } from "../report";

export const verdictOrder: readonly DriftVerdict[] = ["alarm", "watch", "stable", "undecided"];

/** The one that asks for more. */
export function worseVerdict(a: DriftVerdict, b: DriftVerdict): DriftVerdict {
  return verdictOrder.indexOf(a) <= verdictOrder.indexOf(b) ? a : b;
}

interface Judged {
  verdict: DriftVerdict;
  /** Why, after what moved. */
  because: string;
}

/**
 * Whether an effect is as large as its numbers of rows can show. This holds for every method: a distance has no
 * p-value, and Evidently's chi-square takes the reference for the truth, so that its p-values are too small.
 */
function isDetected({ value, minimumDetectable }: EffectSize): boolean {
  return minimumDetectable !== null && Math.abs(value) >= minimumDetectable;
}

/** Whether it drifted, clearly, and by more than a negligible amount. */
function judgeMethod(compared: ComparedFeature, adjusted: number | null, alpha: number): Judged {
  const { drifted, effect, title } = compared;
  if (!effect) return { verdict: drifted ? "watch" : "stable", because: "" };
  const clear = isDetected(effect) && (adjusted ?? 0) <= alpha;
  const strong = effect.magnitude !== "negligible";
  const { name, minimumDetectable: least } = effect;
  if (drifted && clear && strong)
    return { verdict: "alarm", because: `a ${effect.magnitude} drift, beyond chance` };
  if (drifted && strong)
    return {
      verdict: "watch",
      because:
        least === null
          ? "it may be chance, since so few rows show nothing for certain"
          : `it may be chance, since so few rows show a ${name} of ${numberWords(least)} or more alone`,
    };
  if (drifted && clear)
    return {
      verdict: "watch",
      because:
        adjusted === null
          ? `over the limit of the ${title}, but the effect is negligible`
          : "statistically clear but negligible",
    };
  if (clear && strong)
    return {
      verdict: "watch",
      because: `a ${effect.magnitude} effect, though within the limit of the ${title}`,
    };
  if (drifted)
    return { verdict: "stable", because: "no more than chance brings among so many features" };
  return {
    verdict: "stable",
    because:
      strong && !clear ? "no more than chance brings among so few rows" : "no drift worth a look",
  };
}

function judgeMissing(missing: MissingTest, adjusted: number, alpha: number): DriftVerdict {
  if (adjusted > alpha || !isDetected(missing.effect)) return "stable";
  return missing.effect.magnitude === "negligible" ? "watch" : "alarm";
}

/** The verdict on a feature, with its sentence. P-values are the ones corrected across all features. */
export function judge(
  compared: ComparedFeature,
  adjusted: { method: number | null; missing: number },
  alpha: number,
): { verdict: DriftVerdict; reason: string } {
  const { change, missing, undecided } = compared;
  const own =
    undecided === null
      ? judgeMethod(compared, adjusted.method, alpha)
      : { verdict: "undecided" as const, because: "" };
  const ofMissing = missing === null ? "stable" : judgeMissing(missing, adjusted.missing, alpha);
  const ownWords = undecided ?? (own.because === "" ? change : `${change}: ${own.because}`);
  if (missing === null || ofMissing === "stable") return { verdict: own.verdict, reason: ownWords };
  const missingWords = `${missing.change}${ofMissing === "watch" ? " (clear but little)" : ""}`;
  return {
    verdict: worseVerdict(own.verdict, ofMissing),
    reason:
      verdictOrder.indexOf(ofMissing) < verdictOrder.indexOf(own.verdict)
        ? `${missingWords}; ${ownWords}`
        : `${ownWords}; ${missingWords}`,
  };
}
