import { groupCodes } from "../frame/group-codes";

export interface GroupedRows {
  /** Names of the sensitive features. */
  features: string[];
  /** Names of the groups that have rows, in order. */
  names: string[];
  /** Rows of each group. */
  members: Uint32Array[];
}

/** Rows by group, as `groupCodes` names them; combinations without rows are left out. */
export function groupRows(
  caller: string,
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>,
  rows: number,
): GroupedRows {
  const { codes, groups } = groupCodes(caller, "sensitiveFeatures", sensitiveFeatures, rows);
  const sizes = new Uint32Array(groups.length);
  for (const code of codes) sizes[code] = (sizes[code] as number) + 1;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  for (let i = 0; i < rows; i++) {
    const code = codes[i] as number;
    const place = sizes[code] as number;
    (members[code] as Uint32Array)[place] = i;
    sizes[code] = place + 1;
  }
  const filled = groups.flatMap(({ name }, g) => {
    const own = members[g] as Uint32Array;
    return own.length === 0 ? [] : [{ name, own }];
  });
  return {
    features: Object.keys(sensitiveFeatures),
    names: filled.map(({ name }) => name),
    members: filled.map(({ own }) => own),
  };
}
