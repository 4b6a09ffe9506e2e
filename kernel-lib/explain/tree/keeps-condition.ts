import type { TreeEnsemble } from "../tree-ensemble";

/** Whether a value goes to `yes` at an inner node. */
export function keepsCondition(ensemble: TreeEnsemble, node: number, value: number): boolean {
  if (value !== value && ensemble.missingYes[node] === 1) return true;
  const threshold = Number(ensemble.threshold[node]);
  switch (ensemble.mode[node]) {
    case 0:
      return value <= threshold;
    case 1:
      return value < threshold;
    case 2:
      return value >= threshold;
    case 3:
      return value > threshold;
    case 4:
      return value === threshold;
    case 5:
      return value !== threshold;
    default:
      return isMember(ensemble.members.get(node), value);
  }
}

function isMember(members: Float64Array | undefined, value: number): boolean {
  if (members === undefined) return false;
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(members[middle]) < value) low = middle + 1;
    else high = middle;
  }
  return members[low] === value;
}
