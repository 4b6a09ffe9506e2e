import { choleskyInverse } from "../cholesky-inverse";

/**
 * Which features least angle regression takes in first.
 *
 * @param squares p × p: the features' products with one another
 * @param products p: their products with what is to be explained
 * @param count features wanted
 * @returns at most `count`, in the order that they came in
 * @see Efron, Hastie, Johnstone and Tibshirani 2004; `sklearn.linear_model.lars_path(method="lar", max_iter=count)`
 */
export function leastAngle(squares: Float64Array, products: Float64Array, count: number): number[] {
  const p = products.length;
  const left = products.slice();
  const active: number[] = [];
  const size = (f: number) => Math.abs(left[f] as number);
  while (active.length < Math.min(count, p)) {
    const open = Array.from({ length: p }, (_, f) => f).filter((f) => !active.includes(f));
    const next = open.reduce((best, f) => (size(f) > size(best) ? f : best));
    const most = size(next);
    if (!(most > 1e-12)) break;
    active.push(next);
    const m = active.length;
    const sign = active.map((f) => Math.sign(left[f] as number));
    const own = new Float64Array(m * m);
    active.forEach((f, i) => {
      active.forEach((g, j) => (own[i * m + j] = squares[f * p + g] as number));
    });
    const inverse = choleskyInverse(own, m);
    const direction = active.map((_, i) =>
      sign.reduce((sum, each, j) => sum + each * (inverse[i * m + j] as number), 0),
    );
    const length =
      1 / Math.sqrt(direction.reduce((sum, each, i) => sum + each * (sign[i] ?? 0), 0));
    const along = left.map((_, f) =>
      active.reduce(
        (sum, g, i) => sum + length * (direction[i] ?? 0) * (squares[f * p + g] as number),
        0,
      ),
    );
    let step = most / length;
    for (const f of open) {
      if (f === next) continue;
      const [c, a] = [left[f] as number, along[f] as number];
      for (const each of [(most - c) / (length - a), (most + c) / (length + a)])
        if (each > 1e-14 && each < step) step = each;
    }
    for (let f = 0; f < p; f++) left[f] = (left[f] as number) - step * (along[f] as number);
  }
  return active;
}
