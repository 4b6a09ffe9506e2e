/** Values as positions in the list of those that occur, in the order of their first appearance; -1 where missing. */
export function encodeCategories<T>(
  values: ArrayLike<T>,
  isMissing: (value: T) => boolean,
  textOf: (value: T) => string,
): { codes: Int32Array; categories: string[] } {
  const codes = new Int32Array(values.length);
  const known = new Map<T, number>();
  const positions = new Map<string, number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as T;
    let code = known.get(value);
    if (code === undefined) {
      code = -1;
      if (!isMissing(value)) {
        const text = textOf(value);
        code = positions.get(text) ?? positions.size;
        positions.set(text, code);
      }
      known.set(value, code);
    }
    codes[i] = code;
  }
  return { codes, categories: [...positions.keys()] };
}
