/**
 * Rows that stand for all: evenly spaced by what is predicted of them, so that rare predictions are among them as often
 * as they are among all rows. The lowest and the highest are there.
 *
 * @param predictions of each row, one output after another within a row
 * @param outputs by turns, rows are spaced by each
 * @param most how many
 * @returns places of rows, rising
 */
export function evenSample(predictions: Float64Array, outputs: number, most: number): number[] {
  const rows = predictions.length / outputs;
  if (rows <= most) return Array.from({ length: rows }, (_, row) => row);
  const chosen = new Set<number>();
  for (let o = 0; o < outputs; o++) {
    const share = Math.floor(((o + 1) * most) / outputs) - Math.floor((o * most) / outputs);
    const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) =>
        Number(predictions[a * outputs + o]) - Number(predictions[b * outputs + o]) || a - b,
    );
    for (let i = 0; i < share; i++)
      chosen.add(
        Number(order[share === 1 ? rows >> 1 : Math.round((i * (rows - 1)) / (share - 1))]),
      );
  }
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Places of rows by chance, by a seeded generator.
 *
 * @returns at most `most` places, rising
 */
export function drawnRows(rows: number, most: number, random: () => number): number[] {
  if (rows <= most) return Array.from({ length: rows }, (_, row) => row);
  const chosen = new Set<number>();
  // Floyd's: each set of places is as likely.
  for (let last = rows - most; last < rows; last++) {
    const place = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(place) ? last : place);
  }
  return [...chosen].sort((a, b) => a - b);
}
