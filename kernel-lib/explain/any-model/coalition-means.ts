import type { RowTask } from "./explain-rows";
import { coalitionWriter } from "./coalition-writer";
import { blockRows, predictBlock, predictInBlocks } from "./predict-in-blocks";

/** Rows of the background that differ in few columns have few masked rows: those are remembered, and asked for once. */
const mostRemembered = 1 << 11;

/** The mean predictions of a row's coalitions over the background. */
export class CoalitionMeans {
  readonly #task: RowTask;
  readonly #varying: readonly number[];
  readonly #differing: readonly (readonly number[])[];
  /** By row of the background, the answers by the bits of its differing players; NaN where not asked for yet. */
  readonly #known: (Float64Array | null)[];
  /** The rows of the background that have too many masked rows to remember, and those that have not. */
  readonly #open: number[] = [];
  readonly #remembered: number[] = [];

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
    this.#known.forEach((known, b) => (known === null ? this.#open : this.#remembered).push(b));
  }

  /**
   * @param on coalitions: 1 for the varying players that are in
   * @returns of each coalition and then its complement, the outputs
   */
  async ofPairs(on: readonly Uint8Array[]): Promise<Float64Array> {
    const { players, outputs } = this.#task.model;
    const values = new Float64Array(2 * on.length * outputs);
    const switched = new Uint8Array(2 * on.length * players);
    on.forEach((coalition, i) => {
      this.#varying.forEach((player, place) => {
        switched[2 * i * players + player] = coalition[place] as number;
        switched[(2 * i + 1) * players + player] = 1 - (coalition[place] as number);
      });
    });
    const size = blockRows(this.#task.model);
    for (let start = 0; start < this.#open.length; start += size)
      await this.#addOpen(this.#open.slice(start, start + size), switched, values);
    if (this.#remembered.length > 0) await this.#addRemembered(switched, values);
    return values;
  }

  /** Adds what rows of the background answer, all of them beside every coalition, as many as a block has. */
  async #addOpen(rows: readonly number[], switched: Uint8Array, values: Float64Array) {
    const { model, row } = this.#task;
    const { players, outputs } = model;
    const count = switched.length / players;
    const write = coalitionWriter(model, row, rows);
    const shares = Float64Array.from(rows, (b) => model.shares[b] as number);
    const together = Math.max(1, Math.floor(blockRows(model) / rows.length));
    for (let start = 0; start < count; start += together) {
      const end = Math.min(count, start + together);
      const answers = await predictBlock(model, (end - start) * rows.length, (block) => {
        for (let c = start; c < end; c++) write(switched, c * players, block, c - start);
      });
      let at = 0;
      for (let c = start; c < end; c++)
        for (let i = 0; i < shares.length; i++)
          for (let k = 0; k < outputs; k++) {
            const added = (shares[i] as number) * (answers[at++] as number);
            values[c * outputs + k] = (values[c * outputs + k] as number) + added;
          }
    }
  }

  /** Adds what the other rows of the background answer: what was not asked before is asked for. */
  async #addRemembered(switched: Uint8Array, values: Float64Array) {
    const { model, row } = this.#task;
    const { width, outputs, players, origin, background, shares } = model;
    const rows = this.#remembered;
    const count = switched.length / players;
    // By coalition and row of the background, where its answer is among those known.
    const place = new Int32Array(count * rows.length);
    const asked: { c: number; b: number; own: number }[] = [];
    const pending = rows.map(() => new Set<number>());
    for (let c = 0; c < count; c++)
      rows.forEach((b, i) => {
        const own = this.#bitsOf(b, switched, c * players);
        place[c * rows.length + i] = own;
        if (!Number.isNaN(this.#known[b]?.[own * outputs]) || pending[i]?.has(own)) return;
        pending[i]?.add(own);
        asked.push({ c, b, own });
      });
    const answers = await predictInBlocks(model, asked.length, (i, target, offset) => {
      const { c, b } = asked[i] as (typeof asked)[number];
      for (let f = 0; f < width; f++) {
        const on = switched[c * players + (origin[f] as number)] === 1;
        target[offset + f] = (on ? row[f] : background.rows[b * width + f]) as number;
      }
    });
    asked.forEach(({ b, own }, i) =>
      this.#known[b]?.set(answers.subarray(i * outputs, (i + 1) * outputs), own * outputs),
    );
    for (let c = 0; c < count; c++)
      rows.forEach((b, i) => {
        const own = place[c * rows.length + i] as number;
        for (let k = 0; k < outputs; k++) {
          const answer = this.#known[b]?.[own * outputs + k] as number;
          values[c * outputs + k] =
            (values[c * outputs + k] as number) + (shares[b] as number) * answer;
        }
      });
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
