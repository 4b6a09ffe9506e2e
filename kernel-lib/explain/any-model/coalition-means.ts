import type { RowTask } from "./explain-rows";
import { predictInBlocks } from "./predict-in-blocks";

/** Rows of the background that differ in few columns have few masked rows: those are remembered, and asked for once. */
const mostRemembered = 1 << 11;

/** The mean predictions of a row's coalitions over the background. */
export class CoalitionMeans {
  readonly #task: RowTask;
  readonly #varying: readonly number[];
  readonly #differing: readonly (readonly number[])[];
  /** By row of the background, the answers by the bits of its differing players; NaN where not asked for yet. */
  readonly #known: (Float64Array | null)[];

  /**
   * @param varying the players that coalitions are of
   * @param differing by row of the background, the players that differ there
   */
  constructor(
    task: RowTask,
    varying: readonly number[],
    differing: readonly (readonly number[])[],
  ) {
    this.#task = task;
    this.#varying = varying;
    this.#differing = differing;
    const { outputs, backgroundAnswers } = task.model;
    this.#known = differing.map(({ length }, b) => {
      if (1 << Math.min(length, 30) > mostRemembered) return null;
      const known = new Float64Array(outputs << length).fill(NaN);
      known.set(backgroundAnswers.subarray(b * outputs, (b + 1) * outputs));
      known.set(task.prediction, known.length - outputs);
      return known;
    });
  }

  /**
   * @param on coalitions: 1 for the varying players that are in
   * @returns of each coalition and then its complement, the outputs
   */
  async ofPairs(on: readonly Uint8Array[]): Promise<Float64Array> {
    const { model, row } = this.#task;
    const { width, outputs, players, origin, background, shares } = model;
    const count = 2 * on.length;
    const values = new Float64Array(count * outputs);
    const switched = new Uint8Array(count * players);
    on.forEach((coalition, i) => {
      this.#varying.forEach((player, place) => {
        switched[2 * i * players + player] = coalition[place] as number;
        switched[(2 * i + 1) * players + player] = 1 - (coalition[place] as number);
      });
    });
    const features = new Uint8Array(count * width);
    for (let c = 0; c < count; c++)
      for (let f = 0; f < width; f++)
        features[c * width + f] = switched[c * players + (origin[f] as number)] as number;
    // By coalition and row of the background: where its answer is among those asked for now; -1 where it is known.
    const asked = new Int32Array(count * background.count).fill(-1);
    const coalitionOf = new Int32Array(asked.length);
    const rowOf = new Int32Array(asked.length);
    const place = new Int32Array(asked.length);
    const pending = this.#known.map(() => new Map<number, number>());
    let total = 0;
    for (let c = 0; c < count; c++)
      for (let b = 0; b < background.count; b++) {
        const at = c * background.count + b;
        const known = this.#known[b] as Float64Array | null;
        if (known !== null) {
          const own = this.#bitsOf(b, switched, c * players);
          place[at] = own;
          if (!Number.isNaN(known[own * outputs])) continue;
          const before = pending[b]?.get(own);
          if (before !== undefined) {
            asked[at] = before;
            continue;
          }
          pending[b]?.set(own, total);
        }
        asked[at] = total;
        coalitionOf[total] = c;
        rowOf[total++] = b;
      }
    const { rows } = background;
    const answers = await predictInBlocks(model, total, (i, target, offset) => {
      const from = (rowOf[i] as number) * width;
      const mask = (coalitionOf[i] as number) * width;
      for (let f = 0; f < width; f++)
        target[offset + f] = (features[mask + f] === 1 ? row[f] : rows[from + f]) as number;
    });
    for (let c = 0; c < count; c++)
      for (let b = 0; b < background.count; b++) {
        const at = c * background.count + b;
        const known = this.#known[b] as Float64Array | null;
        const share = shares[b] as number;
        for (let k = 0; k < outputs; k++) {
          const answer =
            asked[at] === -1
              ? known?.[(place[at] as number) * outputs + k]
              : answers[(asked[at] as number) * outputs + k];
          values[c * outputs + k] =
            (values[c * outputs + k] as number) + share * (answer as number);
          if (known !== null) known[(place[at] as number) * outputs + k] = answer as number;
        }
      }
    return values;
  }

  /** Which of the players that differ in a row of the background are switched on. */
  #bitsOf(b: number, switched: Uint8Array, from: number): number {
    const differing = this.#differing[b] as readonly number[];
    let bits = 0;
    for (let bit = 0; bit < differing.length; bit++)
      bits |= (switched[from + (differing[bit] as number)] as number) << bit;
    return bits;
  }
}
