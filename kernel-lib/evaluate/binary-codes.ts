import { AssayerError } from "../errors";
import type { Labels } from "./metric";

/** One label. */
export type Label = Labels[number];

/**
 * Labels of two classes as 1 and 0: 1 for `posLabel`, 0 for whichever other one there is. True counts as 1, false as 0.
 *
 * @param columns labels that share their classes, such as true and predicted ones
 * @returns one array for each column
 * @throws AssayerError "invalid-argument" for a third class, or a label that is missing
 */
export function binaryCodes(
  caller: string,
  posLabel: Label,
  ...columns: readonly Labels[]
): Uint8Array[] {
  const positive = classOf(posLabel);
  let negative: Label | undefined;
  const refuse = (label: unknown, position: number) => {
    const other = negative === undefined ? "one other" : shownLabel(negative);
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires labels of two classes, ${shownLabel(positive)} and ${other}; got ${shownLabel(label)} at position ${position}`,
    );
  };
  return columns.map((labels) => {
    const codes = new Uint8Array(labels.length);
    if (ArrayBuffer.isView(labels) && typeof positive === "number") {
      // One kind of array, so that the loop is compiled once.
      const numbers =
        labels instanceof Float64Array ? labels : new Float64Array(labels as ArrayLike<number>);
      for (let i = 0; i < numbers.length; i++) {
        const label = numbers[i] as number;
        if (label === positive) codes[i] = 1;
        else if (label !== negative) {
          if (negative !== undefined || Number.isNaN(label)) refuse(label, i);
          negative = label;
        }
      }
      return codes;
    }
    for (let i = 0; i < labels.length; i++) {
      const label = classOf(labels[i]);
      if (label === positive) codes[i] = 1;
      else if (label !== negative || label === undefined) {
        if (negative !== undefined || label === undefined || Number.isNaN(label))
          refuse(labels[i], i);
        negative = label;
      }
    }
    return codes;
  });
}

/** What labels are compared by: true is 1, false 0. Undefined for what is no label. */
export function classOf(label: unknown): string | number | undefined {
  switch (typeof label) {
    case "number":
    case "string":
      return label;
    case "boolean":
      return Number(label);
    default:
      return undefined;
  }
}

/** A label in a message: texts in quotes. */
export function shownLabel(label: unknown): string {
  return typeof label === "string" ? JSON.stringify(label) : String(label);
}
