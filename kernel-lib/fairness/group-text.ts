import { missingGroup } from "./frame/group-codes";

/** The name of the group that a value makes; missing values are a group of their own. */
export function groupText(value: unknown): string {
  return value === null || value === undefined || Number.isNaN(value)
    ? missingGroup
    : String(value);
}
