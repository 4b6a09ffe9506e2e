import { rocAuc } from "../../evaluate/roc-auc";
import { seededRandom } from "../../stats/seeded-random";

/** Of a row; more would not change the answer. */
const mostWords = 200;
const buckets = 1 << 16;
const epochs = 8;

/** Words of a text, in lower case; a word is of letters or digits. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, mostWords);
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv */
function bucketOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

/** Word counts, dampened and of length 1, as positions and weights. */
function featuresOf(text: string): { positions: Int32Array; weights: Float64Array } {
  const counts = new Map<number, number>();
  for (const word of wordsOf(text)) {
    const bucket = bucketOf(word);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const weights = Float64Array.from(counts.values(), (count) => 1 + Math.log(count));
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
  return {
    positions: Int32Array.from(counts.keys()),
    weights: weights.map((weight) => weight / length),
  };
}

/** How well texts tell which side they come from. */
export interface TextDrift {
  /** On rows that were not learned from. */
  auc: number;
  /** How many rows of each side that were. */
  reference: number;
  current: number;
}

/**
 * ROC AUC of telling the texts of two sides apart by their words: a logistic regression over hashed words learns from
 * every other row, and is tried on the rest. 0.5 when they are alike. The same texts give the same answer.
 *
 * @see abs_text_content_drift of Evidently 0.7.21, which does this with TF-IDF
 */
export function textDrift(reference: readonly string[], current: readonly string[]): TextDrift {
  const random = seededRandom(1);
  const rows = [
    ...reference.map((text) => ({ label: 0, ...featuresOf(text) })),
    ...current.map((text) => ({ label: 1, ...featuresOf(text) })),
  ];
  const learned = rows.filter(() => random() < 0.5);
  const chosen = new Set(learned);
  const tried = rows.filter((row) => !chosen.has(row));
  const weights = new Float64Array(buckets);
  const share = learned.filter(({ label }) => label === 1).length / (learned.length || 1);
  const ofClass = [0.5 / (1 - share || 1), 0.5 / (share || 1)];
  let bias = 0;
  const score = (row: (typeof rows)[number]) => {
    let sum = bias;
    for (let i = 0; i < row.positions.length; i++)
      sum += (weights[row.positions[i] as number] as number) * (row.weights[i] as number);
    return sum;
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = learned.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [learned[i], learned[j]] = [learned[j], learned[i]] as [(typeof rows)[0], (typeof rows)[0]];
    }
    const rate = 1 / (1 + epoch);
    for (const row of learned) {
      const error = row.label - 1 / (1 + Math.exp(-score(row)));
      const step = rate * error * (ofClass[row.label] as number);
      bias += 0.1 * step;
      for (let i = 0; i < row.positions.length; i++) {
        const place = row.positions[i] as number;
        weights[place] = (weights[place] as number) + step * (row.weights[i] as number);
      }
    }
  }
  const labels = tried.map(({ label }) => label);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return {
    auc: tried.length === 0 ? NaN : rocAuc(labels, tried.map(score)),
    reference: labels.length - positives,
    current: positives,
  };
}
