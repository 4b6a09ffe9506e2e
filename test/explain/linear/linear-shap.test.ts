import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, linearShap, type RowMatrix } from "../../../kernel-lib/index";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

test("linearShap values of a row sum to its output minus the base value", () => {
  const model = { coefficients: [2, -5, 0.25], intercept: 1, mean: [1, 0.5, -2] };
  const rows = [
    [3, 1, 0],
    [0, 0, 0],
    [-1, 2.5, 8],
  ];
  const { shapValues, baseValue } = linearShap(rows, model);
  rows.forEach((row, r) => {
    const output = row.reduce(
      (sum, value, c) => sum + value * (model.coefficients[c] ?? 0),
      model.intercept,
    );
    const sum = shapValues.slice(r * 3, r * 3 + 3).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - (output - baseValue)) < 1e-12);
  });
});

test("linearShap gives brute-force Shapley values of independent features", () => {
  const model = { coefficients: [2, -5], intercept: 1, mean: [1, 0.5] };
  const row = [3, 1];
  const value = (known: readonly boolean[]) =>
    model.coefficients.reduce(
      (sum, each, c) => sum + each * ((known[c] === true ? row[c] : model.mean[c]) ?? 0),
      model.intercept,
    );
  const first =
    (value([true, false]) - value([false, false]) + (value([true, true]) - value([false, true]))) /
    2;
  assert.ok(Math.abs((linearShap([row], model).shapValues[0] ?? NaN) - first) < 1e-12);
});

test("a row of another length is refused", () => {
  assert.throws(
    () => linearShap([[1]], { coefficients: [1, 2], intercept: 0, mean: [0, 0] }),
    new AssayerError("invalid-argument", "linearShap requires rows of 2 values; got 1"),
  );
});

/** Rows of correlated numbers: mixtures of independent ones. */
function correlatedRows(count: number, width: number, seed: number): RowMatrix {
  const random = seededRandom(seed);
  const mix = Array.from({ length: width * width }, () => random() - 0.5);
  const rows = Array.from({ length: count }, () => {
    const own = Array.from({ length: width }, () => random() + random() + random() - 1.5);
    return own.map(
      (_, f) => f + own.reduce((sum, each, j) => sum + each * (mix[f * width + j] ?? 0), 0),
    );
  });
  return { rows: Float64Array.from(rows.flat()), count };
}

/** x of a x = b, by Gauss and Jordan. */
function solved(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] ?? NaN]);
  rows.forEach((_, i) => {
    const best = rows
      .slice(i)
      .reduce(
        (most, row, at) => (Math.abs(row[i] ?? 0) > Math.abs(rows[most]?.[i] ?? 0) ? i + at : most),
        i,
      );
    const [pivot = [], other = []] = [rows[best], rows[i]];
    [rows[i], rows[best]] = [pivot, other];
    const scaled = pivot.map((each) => each / (pivot[i] ?? NaN));
    rows[i] = scaled;
    rows.forEach((row, r) => {
      if (r !== i) rows[r] = row.map((each, c) => each - (row[i] ?? 0) * (scaled[c] ?? 0));
    });
  });
  return rows.map((row) => row.at(-1) ?? NaN);
}

test("correlated linearShap equals brute-force Shapley values of conditional expectations, by columns of several features", () => {
  const width = 6;
  const background = correlatedRows(40, width, 1);
  const data = correlatedRows(3, width, 2);
  const coefficients = [1, -2, 0.5, 3, 0, 1, 0.2, 0.1, -1, -1, 2, 0];
  const origin = Int32Array.of(0, 1, 1, 2, 3, 3);
  const { shapValues, baseValue, standardError } = linearShap(data, {
    model: { coefficients, intercepts: [1, -3] },
    background,
    origin,
    correlated: true,
  });
  assert.equal(standardError, null);
  const at = (rows: Float64Array, r: number, f: number) => rows[r * width + f] ?? NaN;
  const features = [...Array(width).keys()];
  const mean = features.map((f) => {
    let sum = 0;
    for (let r = 0; r < 40; r++) sum += at(background.rows, r, f);
    return sum / 40;
  });
  const covariance = features.map((i) =>
    features.map((j) => {
      let sum = 0;
      for (let r = 0; r < 40; r++)
        sum +=
          (at(background.rows, r, i) - (mean[i] ?? 0)) *
          (at(background.rows, r, j) - (mean[j] ?? 0));
      return sum / 39;
    }),
  );
  for (let r = 0; r < 3; r++)
    for (let k = 0; k < 2; k++) {
      /** E[f(x) | the features of a set of columns]. */
      const worth = (subset: number) => {
        const known = features.filter((f) => (subset >> (origin[f] ?? 0)) & 1);
        const deviations = known.map((f) => at(data.rows, r, f) - (mean[f] ?? 0));
        const weights = solved(
          known.map((i) => known.map((j) => covariance[i]?.[j] ?? NaN)),
          deviations,
        );
        return features.reduce(
          (sum, f) => {
            const away = known.includes(f)
              ? (deviations[known.indexOf(f)] ?? NaN)
              : known.reduce(
                  (total, other, i) =>
                    total + (covariance[f]?.[other] ?? NaN) * (weights[i] ?? NaN),
                  0,
                );
            return sum + (coefficients[k * width + f] ?? NaN) * ((mean[f] ?? NaN) + away);
          },
          [1, -3][k] ?? NaN,
        );
      };
      assert.ok(Math.abs(worth(0) - (baseValue[k] ?? NaN)) < 1e-12);
      const orderWeights = [1 / 4, 1 / 12, 1 / 12, 1 / 4];
      for (let player = 0; player < 4; player++) {
        let value = 0;
        for (let subset = 0; subset < 16; subset++) {
          if ((subset >> player) & 1) continue;
          const size = [0, 1, 2, 3].filter((each) => (subset >> each) & 1).length;
          value += (orderWeights[size] ?? NaN) * (worth(subset | (1 << player)) - worth(subset));
        }
        const found = shapValues[(r * 2 + k) * 4 + player] ?? NaN;
        assert.ok(Math.abs(value - found) < 1e-9, `${value} is not ${found}`);
      }
    }
});

test("correlated linearShap above 15 columns samples orders: values add up, and 95 % intervals cover the exact ones", () => {
  // Six triples that go together, independent of one another: a triple's values are those of the triple alone.
  const width = 18;
  const mean = new Array<number>(width).fill(1);
  const between = (i: number, j: number) =>
    i === j ? 2 : Math.floor(i / 3) === Math.floor(j / 3) ? 1.9 - 0.3 * (i % 3) - 0.3 * (j % 3) : 0;
  const covarianceOf = (features: number[]) =>
    features.flatMap((i) => features.map((j) => between(i, j)));
  const random = seededRandom(5);
  const coefficients = Float64Array.from(mean, () => 2 * random() - 1);
  const rows = Float64Array.from(mean, () => 4 * random());
  const exact = [0, 3, 6, 9, 12, 15].flatMap((from) => {
    const own = linearShap(
      { rows: rows.slice(from, from + 3), count: 1 },
      {
        model: { coefficients: coefficients.slice(from, from + 3), intercepts: [0] },
        background: { mean: [1, 1, 1], covariance: covarianceOf([from, from + 1, from + 2]) },
        correlated: true,
      },
    );
    return [...own.shapValues];
  });
  const covariance = covarianceOf([...Array(width).keys()]);
  let covered = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { shapValues, standardError, baseValue } = linearShap(
      { rows, count: 1 },
      {
        model: { coefficients, intercepts: [0] },
        background: { mean, covariance },
        correlated: true,
        permutations: 200,
        seed,
      },
    );
    const output = coefficients.reduce((sum, each, f) => sum + each * (rows[f] ?? NaN), 0);
    const sum = shapValues.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum + (baseValue[0] ?? NaN) - output) < 1e-9);
    exact.forEach((each, f) => {
      // scipy 1.17.1 t.ppf(0.975, 19), for the spread of 20 batches.
      const error = 2.093024054408263 * (standardError?.[f] ?? NaN);
      if (Math.abs(each - (shapValues[f] ?? NaN)) <= error) covered++;
    });
  }
  assert.ok(covered > 93 * width && covered < 97 * width, `${covered} of ${100 * width}`);
});

test("correlated linearShap shares a coefficient between columns that are the same, and adds up where one is constant", () => {
  const rows = Float64Array.of(1, 1, 5, 2, 2, 5, 4, 4, 5, 7, 7, 5);
  const { shapValues, baseValue } = linearShap(
    { rows: Float64Array.of(9, 9, 6), count: 1 },
    {
      model: { coefficients: [2, 0, 10], intercepts: [0] },
      background: { rows, count: 4 },
      correlated: true,
    },
  );
  assert.ok(Math.abs((baseValue[0] ?? NaN) - 57) < 1e-12);
  const [a = NaN, b = NaN, constant = NaN] = shapValues;
  assert.ok(Math.abs(a - 5.5) < 1e-4 && Math.abs(b - 5.5) < 1e-4 && constant === 10);
  assert.ok(Math.abs(a + b - 11) < 1e-9);
});

test("linearShap says what it requires of rows, background and covariance", () => {
  const data = { rows: Float64Array.of(1, 2), count: 1 };
  const model = { coefficients: [1, 2], intercepts: [0] };
  const background = { rows: Float64Array.of(1, 2, 3, 4), count: 2 };
  const refused = (work: () => unknown, got: string) => {
    assert.throws(work, new AssayerError("invalid-argument", `linearShap requires ${got}`));
  };
  refused(
    () => linearShap({ rows: data.rows, count: 2 }, { model, background }),
    "rows of 2 values; got 1",
  );
  refused(
    () => linearShap(data, { model, background: { rows: Float64Array.of(1), count: 1 } }),
    "a background of 2 columns; got 1",
  );
  refused(
    () => linearShap(data, { model, background: { rows: new Float64Array(), count: 0 } }),
    "1 background row or more, each of as many numbers; got 0 numbers for 0 rows",
  );
  refused(
    () => linearShap({ rows: Float64Array.of(1, NaN), count: 1 }, { model, background }),
    "rows of finite values; got NaN",
  );
  refused(
    () => linearShap(data, { model, background: { mean: [1, 2] }, correlated: true }),
    "a covariance of 2 × 2, or background rows, for correlated values; got none",
  );
  refused(
    () => linearShap(data, { model, background: { rows: data.rows, count: 1 }, correlated: true }),
    "2 background rows or more for correlated values; got 1",
  );
  refused(
    () => linearShap(data, { model: { coefficients: [1, 2, 3], intercepts: [0, 1] }, background }),
    "coefficients of each output; got 3 for 2 outputs",
  );
});
