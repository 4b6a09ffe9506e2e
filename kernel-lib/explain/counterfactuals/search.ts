import { predictInBlocks, type AskedModel } from "../any-model/predict-in-blocks";
import { roundest } from "./candidates";
import type { Candidate } from "./counterfactual-column";

/** Changes to a row: places of candidates, by column; -1 where a column stays. */
export interface Change {
  places: Int32Array;
  columns: number[];
  cost: number;
  gap: number;
  answers: Float64Array;
}

export interface SearchOptions {
  model: AskedModel;
  row: Float64Array;
  /** By column, the cheapest first. */
  candidates: readonly Candidate[][];
  gap: (answers: Float64Array, row: number) => number;
  /** Columns changed at most. */
  mostChanges: number;
  /** Rows asked for at most, beside what is needed for single changes. */
  maxEvaluations: number;
  /** Added to the cost for each changed column. */
  sparsity: number;
}

const beamWidth = 12;
/** Cheaper values of a column that are tried at a time. */
const nearby = 32;

/**
 * Looks for the cheapest changes that meet a goal: all single ones; from the most promising ones on, combinations
 * (beam search), pulled back column by column while the goal stays met; then, as far as the budget goes, all
 * combinations that are cheaper than the best one found.
 */
export class ChangeSearch {
  /** The cheapest changes that meet the goal, by the columns they change. */
  readonly found = new Map<string, Change>();
  /** No combination of as many columns, or fewer, is cheaper than the best one found. */
  provenChanges = 0;
  #asked = new Map<string, Change>();
  #limit = Infinity;

  constructor(readonly options: SearchOptions) {}

  get best(): Change | undefined {
    let best: Change | undefined;
    for (const each of this.found.values()) if (!best || each.cost < best.cost) best = each;
    return best;
  }

  async run(): Promise<void> {
    const { candidates, mostChanges } = this.options;
    const start = this.#change([]);
    let states = await this.#ask(this.#grown(start));
    this.provenChanges = 1;
    this.#limit = this.options.model.evaluations + this.options.maxEvaluations;
    for (let changes = 2; changes <= mostChanges && !this.#spent; changes++) {
      const bound = this.best?.cost ?? Infinity;
      const open = states.filter(({ gap, cost }) => gap > 0 && cost < bound);
      const beam = promising(open);
      // A column of many values is tried at some of them, evenly apart; `pullBack` finds those between.
      const { maxEvaluations } = this.options;
      const most = Math.max(8, Math.floor(maxEvaluations / 4 / beamWidth / candidates.length));
      const grown = beam
        .flatMap((state) => this.#grown(state, most))
        .filter(({ cost }) => cost < bound);
      states = await this.#ask(unique(grown));
    }
    for (const each of [...this.found.values()].sort((a, b) => a.cost - b.cost).slice(0, beamWidth))
      await this.pullBack(each);
    for (let changes = 2; changes <= Math.min(mostChanges, candidates.length); changes++) {
      if (!(await this.#tryAll(changes))) break;
      this.provenChanges = changes;
    }
  }

  /** Each changed column on its own to the cheapest value that still meets the goal, until none can be. */
  async pullBack(change: Change): Promise<Change> {
    for (let best = change; ;) {
      const cheaper = best.columns.flatMap((column) => {
        const place = best.places[column] as number;
        return [-1, ...evenly(place, nearby)].map((each) => this.#with(best, column, each));
      });
      const met = (await this.#ask(cheaper.filter(({ columns }) => columns.length > 0))).filter(
        ({ gap }) => gap <= 0,
      );
      const next = met.reduce((least, each) => (each.cost < least.cost ? each : least), best);
      if (next === best) return best;
      best = next;
    }
  }

  /**
   * A change whose number need not be a candidate, brought nearer to what the row has: the nearest of sixteen values
   * that meet the goal, three times over, and then a rounder one if that meets it too.
   */
  async bringNearer(change: Change, column: number, slack: number): Promise<Change> {
    const { row, candidates } = this.options;
    const own = row[column] as number;
    const list = candidates[column] as Candidate[];
    const given = list[change.places[column] as number] as Candidate;
    const perUnit = given.cost / Math.abs(given.value - own);
    const nearest = async (values: readonly number[]): Promise<Change | undefined> => {
      const tried = values.map((value) => {
        list.push({ value, cost: Math.abs(value - own) * perUnit });
        return this.#with(change, column, list.length - 1);
      });
      return (await this.#ask(tried)).find(({ gap }) => gap <= 0);
    };
    const valueOf = (each: Change) => list[each.places[column] as number]?.value ?? NaN;
    let best = change;
    let near = own;
    for (let round = 0; round < 3; round++) {
      const step = (valueOf(best) - near) / 16;
      const from = near;
      const found = await nearest(Array.from({ length: 15 }, (_, i) => from + step * (i + 1)));
      near = (found ? valueOf(found) : valueOf(best)) - step;
      best = found ?? best;
    }
    const value = valueOf(best);
    const side = Math.sign(value - own);
    const far = value + side * Math.min(slack, Math.abs(given.value - value));
    return (await nearest([roundest(value, far)])) ?? best;
  }

  get #spent(): boolean {
    return this.options.model.evaluations >= this.#limit;
  }

  /** All combinations of `changes` columns that cost less than the best one; false where that is too many. */
  async #tryAll(changes: number): Promise<boolean> {
    const { candidates, model, row, sparsity, gap } = this.options;
    const bound = this.best?.cost ?? Infinity;
    const left = Math.max(0, this.#limit - model.evaluations);
    // Columns and places of one combination after the other: there may be many, and few of them are of use.
    const all: number[] = [];
    const chosen: number[] = [];
    const visit = (from: number, cost: number, missing: number): boolean => {
      if (missing === 0) {
        for (const each of chosen) all.push(each);
        return all.length <= 2 * changes * left;
      }
      for (let column = from; column <= candidates.length - missing; column++) {
        const own = candidates[column] as readonly Candidate[];
        for (let place = 0; place < own.length; place++) {
          const next = cost + sparsity + (own[place] as Candidate).cost;
          if (next + (missing - 1) * sparsity >= bound) break;
          chosen.push(column, place);
          const fits = visit(column + 1, next, missing - 1);
          chosen.length -= 2;
          if (!fits) return false;
        }
      }
      return true;
    };
    if (!visit(0, 0, changes)) return false;
    const width = row.length;
    const answers = await predictInBlocks(model, all.length / 2 / changes, (i, target, offset) => {
      for (let f = 0; f < width; f++) target[offset + f] = row[f] as number;
      for (let at = 2 * changes * i; at < 2 * changes * (i + 1); at += 2)
        target[offset + (all[at] as number)] =
          candidates[all[at] as number]?.[all[at + 1] as number]?.value ?? NaN;
    });
    for (let i = 0; i < all.length / 2 / changes; i++) {
      if (gap(answers, i) > 0) continue;
      let change = this.#change([]);
      for (let at = 2 * changes * i; at < 2 * changes * (i + 1); at += 2)
        change = this.#with(change, all[at] as number, all[at + 1] as number);
      this.#keep(
        change,
        gap(answers, i),
        answers.slice(i * model.outputs, (i + 1) * model.outputs),
      );
    }
    return true;
  }

  #change(columns: number[]): Change {
    const places = new Int32Array(this.options.candidates.length).fill(-1);
    return { places, columns, cost: 0, gap: Infinity, answers: new Float64Array() };
  }

  #with(change: Change, column: number, place: number): Change {
    const { candidates, sparsity } = this.options;
    const places = change.places.slice();
    places[column] = place;
    const columns: number[] = [];
    let cost = 0;
    places.forEach((each, c) => {
      if (each === -1) return;
      columns.push(c);
      cost += sparsity + (candidates[c]?.[each]?.cost ?? NaN);
    });
    return { places, columns, cost, gap: Infinity, answers: new Float64Array() };
  }

  /** The change with one more column changed, each to at most so many values. */
  #grown(change: Change, most = Infinity): Change[] {
    return this.options.candidates.flatMap((own, column) =>
      change.places[column] === -1
        ? evenly(own.length, most).map((place) => this.#with(change, column, place))
        : [],
    );
  }

  /** Asks the model about changes that it was not asked about, and keeps those that meet the goal. */
  async #ask(changes: readonly Change[]): Promise<Change[]> {
    const { model, row, candidates, gap } = this.options;
    const open: Change[] = [];
    const answered = changes.map((change) => {
      const key = change.places.join();
      const known = this.#asked.get(key);
      if (known) return known;
      this.#asked.set(key, change);
      open.push(change);
      return change;
    });
    const width = row.length;
    const answers = await predictInBlocks(model, open.length, (i, target, offset) => {
      const { places } = open[i] as Change;
      for (let f = 0; f < width; f++) {
        const place = places[f] as number;
        target[offset + f] =
          place === -1 ? (row[f] as number) : (candidates[f]?.[place]?.value ?? NaN);
      }
    });
    open.forEach((change, i) => {
      const own = answers.slice(i * model.outputs, (i + 1) * model.outputs);
      this.#keep(change, gap(answers, i), own);
    });
    return answered;
  }

  #keep(change: Change, gap: number, answers: Float64Array): void {
    change.gap = gap;
    change.answers = answers;
    if (gap > 0) return;
    const key = change.columns.join();
    const before = this.found.get(key);
    if (!before || change.cost < before.cost) this.found.set(key, change);
  }
}

/** Places below `count`, at most so many, evenly apart; the last one always. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.ceil(((i + 1) * count) / most) - 1);
}

/** Half of them the nearest to the goal, half those that come nearest for their cost. */
function promising(states: readonly Change[]): Change[] {
  const worst = states.reduce((most, { gap }) => Math.max(most, gap), 0);
  const byGap = [...states].sort((a, b) => a.gap - b.gap || a.cost - b.cost);
  const gain = ({ gap, cost }: Change) => (worst - gap) / (cost + 1e-9);
  const byGain = [...states].sort((a, b) => gain(b) - gain(a));
  return [...new Set([...byGap.slice(0, beamWidth / 2), ...byGain.slice(0, beamWidth / 2)])];
}

function unique(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [change.places.join(), change])).values()];
}
