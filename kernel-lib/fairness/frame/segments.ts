/** Some of the rows: a group, a control group, one within the other, or all. */
export interface Segment {
  /** Positions of the finest groups that it is made of: sensitive group × number of control groups + control group. */
  leaves: Uint32Array;
  /** Positions of its rows; null for all of them in their order. */
  rows: () => Uint32Array | null;
}

/** Rows by their finest group. */
export interface Leaves {
  codes: Uint32Array;
  sensitive: number;
  controls: number;
}

/** @returns segments by sensitive group and control group; null stands for any */
export function segmentsOf({
  codes,
  sensitive,
  controls,
}: Leaves): (group: number | null, control: number | null) => Segment {
  let order: Uint32Array | null = null;
  const starts = new Uint32Array(sensitive * controls + 1);
  const sort = () => {
    if (order !== null) return order;
    for (let i = 0; i < codes.length; i++) {
      const after = (codes[i] as number) + 1;
      starts[after] = (starts[after] as number) + 1;
    }
    for (let leaf = 0; leaf < sensitive * controls; leaf++)
      starts[leaf + 1] = (starts[leaf + 1] as number) + (starts[leaf] as number);
    const next = starts.slice();
    order = new Uint32Array(codes.length);
    for (let i = 0; i < codes.length; i++) {
      const leaf = codes[i] as number;
      const place = next[leaf] as number;
      order[place] = i;
      next[leaf] = place + 1;
    }
    return order;
  };
  return (group, control) => {
    const groups = group === null ? range(sensitive) : [group];
    const within = control === null ? range(controls) : [control];
    const leaves = Uint32Array.from(groups.flatMap((s) => within.map((c) => s * controls + c)));
    return {
      leaves,
      rows: () => {
        if (group === null && control === null) return null;
        const sorted = sort();
        const parts = [...leaves].map((leaf) => sorted.subarray(starts[leaf], starts[leaf + 1]));
        const rows = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
        let at = 0;
        for (const part of parts) {
          rows.set(part, at);
          at += part.length;
        }
        return rows;
      },
    };
  };
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
