import type { MaskedModel } from "./masked-model";
import type { RowBlock } from "./predict-in-blocks";

/**
 * Writes masked rows: some rows of the background with the explained row's values where a coalition has a player. Of
 * the background's rows and the explained row that which more of is wanted is copied whole, and the fewer columns of
 * the other are written over it.
 *
 * @param rows of the background
 * @returns writes those of the coalition at `from` in `switched` (1 for each player that is in) as the `place`-th ones
 */
export function coalitionWriter(
  { width, origin, background, predictFloat32 }: MaskedModel,
  row: Float64Array,
  rows: readonly number[],
): (switched: Uint8Array, from: number, block: RowBlock, place: number) => void {
  const size = rows.length * width;
  // Of the block's type, so that copying is no more than that.
  const type = predictFloat32 ? Float32Array : Float64Array;
  const [off, on] = [new type(size), new type(size)];
  rows.forEach((b, i) => {
    off.set(background.rows.subarray(b * width, (b + 1) * width), i * width);
    on.set(row, i * width);
  });
  return (switched, from, block, place) => {
    const start = place * size;
    let many = 0;
    for (let f = 0; f < width; f++) many += switched[from + (origin[f] as number)] as number;
    const fewer = 2 * many <= width ? 1 : 0;
    const other = fewer === 1 ? on : off;
    block.set(fewer === 1 ? off : on, start);
    for (let f = 0; f < width; f++)
      if (switched[from + (origin[f] as number)] === fewer)
        for (let at = f; at < size; at += width) block[start + at] = other[at] as number;
  };
}
