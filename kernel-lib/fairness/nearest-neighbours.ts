/** A node of a tree of points: those of a span, cut in two at the median of one coordinate. */
interface Node {
  from: number;
  to: number;
  axis: number;
  cut: number;
  low: Node | null;
  high: Node | null;
}

const leafSize = 16;

/**
 * Points by which the nearest ones are found without looking at all of them.
 *
 * @param points n × p, row-major, finite
 * @see Bentley 1975, "Multidimensional binary search trees used for associative searching"
 */
export class NearestNeighbours {
  readonly #order: Uint32Array;
  readonly #root: Node;

  constructor(
    private readonly points: Float64Array,
    private readonly p: number,
  ) {
    this.#order = Uint32Array.from({ length: points.length / p }, (_, i) => i);
    this.#root = this.#build(0, this.#order.length);
  }

  /** The k nearest points to a point of the tree, itself among them; of equally near ones those that come first. */
  of(point: number, k: number): Uint32Array {
    const best = { rows: new Uint32Array(k), distances: new Float64Array(k).fill(Infinity) };
    this.#search(this.#root, point, best);
    return best.rows;
  }

  #build(from: number, to: number): Node {
    const node: Node = { from, to, axis: 0, cut: 0, low: null, high: null };
    if (to - from <= leafSize) return node;
    let widest = 0;
    for (let axis = 0; axis < this.p; axis++) {
      let [least, most] = [Infinity, -Infinity];
      for (let i = from; i < to; i++) {
        const value = this.#at(this.#order[i] as number, axis);
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (most - least > widest) {
        widest = most - least;
        node.axis = axis;
      }
    }
    if (widest === 0) return node;
    this.#order.subarray(from, to).sort((a, b) => this.#at(a, node.axis) - this.#at(b, node.axis));
    const middle = (from + to) >>> 1;
    node.cut = this.#at(this.#order[middle] as number, node.axis);
    node.low = this.#build(from, middle);
    node.high = this.#build(middle, to);
    return node;
  }

  #search(node: Node, point: number, best: { rows: Uint32Array; distances: Float64Array }): void {
    if (node.low === null || node.high === null) {
      for (let i = node.from; i < node.to; i++) this.#offer(this.#order[i] as number, point, best);
      return;
    }
    const away = this.#at(point, node.axis) - node.cut;
    const [near, far] = away < 0 ? [node.low, node.high] : [node.high, node.low];
    this.#search(near, point, best);
    if (away * away <= (best.distances[best.distances.length - 1] as number))
      this.#search(far, point, best);
  }

  #offer(row: number, point: number, best: { rows: Uint32Array; distances: Float64Array }): void {
    let distance = 0;
    for (let axis = 0; axis < this.p; axis++)
      distance += (this.#at(row, axis) - this.#at(point, axis)) ** 2;
    const before = (place: number) => {
      const other = best.distances[place] as number;
      return distance < other || (distance === other && row < (best.rows[place] as number));
    };
    let place = best.rows.length;
    while (place > 0 && before(place - 1)) place--;
    if (place === best.rows.length) return;
    best.rows.copyWithin(place + 1, place);
    best.distances.copyWithin(place + 1, place);
    best.rows[place] = row;
    best.distances[place] = distance;
  }

  #at(row: number, axis: number): number {
    return this.points[row * this.p + axis] as number;
  }
}
