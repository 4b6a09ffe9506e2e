/** Nodes in (0, 1) and positive weights that integrate every polynomial of degree below 2 × `count` exactly. */
export interface QuadratureRule {
  nodes: Float64Array;
  weights: Float64Array;
}

const rules = new Map<number, QuadratureRule>();

/**
 * Gauss-Legendre quadrature on (0, 1).
 *
 * @param count number of nodes, at least 1
 * @see Press and others 2007, "Numerical Recipes", section 4.6: roots of the Legendre polynomial by Newton's method
 * @example gaussLegendre(1) // nodes [0.5], weights [1]
 */
export function gaussLegendre(count: number): QuadratureRule {
  const known = rules.get(count);
  if (known !== undefined) return known;
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < (count + 1) >> 1; i++) {
    let root = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 20; step++) {
      const value = legendre(count, root);
      slope = value.slope;
      const move = value.at / slope;
      root -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    slope = legendre(count, root).slope;
    nodes[i] = (1 - root) / 2;
    nodes[count - 1 - i] = (1 + root) / 2;
    weights[i] = weights[count - 1 - i] = 1 / ((1 - root * root) * slope * slope);
  }
  const rule = { nodes, weights };
  rules.set(count, rule);
  return rule;
}

/** Nodes that integrate what d players make of a leaf, a polynomial of degree d - 1, exactly. */
export function nodesFor(players: number): number {
  return Math.max(1, Math.ceil(players / 2));
}

/** Value and derivative of a Legendre polynomial, by its recurrence. */
function legendre(degree: number, x: number): { at: number; slope: number } {
  let before = 0;
  let at = 1;
  for (let k = 1; k <= degree; k++) {
    const next = ((2 * k - 1) * x * at - (k - 1) * before) / k;
    before = at;
    at = next;
  }
  return { at, slope: (degree * (x * at - before)) / (x * x - 1) };
}
