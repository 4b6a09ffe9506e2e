import type { CategoricalSample } from "../feature-sample";
import { movedCategories } from "./distribution";
import { meanShift } from "./effect-size";
import type { FeatureSide } from "./feature-side";
import { apart, countWords, numberWords, shareWords } from "../number-words";
import type { MovedCategory } from "../report";

/** Standard deviations whose ratio is beyond this are told. */
const spreadRatio = 1.25;
const littleShift = 0.1;
const namedCategories = 3;

function numericalChange(reference: FeatureSide, current: FeatureSide): string {
  const [x, y] = [reference.summary, current.summary];
  const shift = meanShift(reference, current);
  const signed = `${shift < 0 ? "−" : "+"}${numberWords(Math.abs(shift))} SD`;
  const moved = apart(numberWords, x.mean ?? NaN, y.mean ?? NaN);
  const mean = moved
    ? `mean moved from ${moved[0]} to ${moved[1]}${Number.isNaN(shift) ? "" : ` (${signed})`}`
    : `mean stayed at ${numberWords(x.mean ?? NaN)}`;
  const ratio = (y.standardDeviation ?? 0) / (x.standardDeviation ?? 0);
  if (Math.abs(shift) >= littleShift || !(ratio > spreadRatio || ratio < 1 / spreadRatio))
    return mean;
  return `${mean}, and the spread ${ratio > 1 ? "grew" : "shrank"} from an SD of ${numberWords(x.standardDeviation ?? 0)} to ${numberWords(y.standardDeviation ?? 0)}`;
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}

function listed(moved: readonly MovedCategory[], side: "reference" | "current"): string {
  const named = moved.slice(0, namedCategories).map((each) => quoted(each.value));
  const more = moved.length - named.length;
  const share = moved.reduce((sum, each) => sum + each[side], 0);
  return `${named.join(", ")}${more > 0 ? ` and ${numberWords(more)} more` : ""}: ${shareWords(share)} of ${side}`;
}

function categoricalChange(reference: CategoricalSample, current: CategoricalSample): string {
  const moved = movedCategories(reference, current);
  const most = moved[0];
  if (!most || most.reference === most.current) return "shares stayed as they were";
  const both = moved.find(({ status }) => status === "both") ?? most;
  const fresh = moved.filter(({ status }) => status === "new");
  const gone = moved.filter(({ status }) => status === "vanished");
  const share = both.status === "both" ? shareMove(both.reference, both.current) : null;
  if (share === null && fresh.length === 0 && gone.length === 0)
    return "shares stayed as they were";
  return [
    ...(share === null ? [] : [`share of ${quoted(both.value)} ${share}`]),
    ...(fresh.length === 0
      ? []
      : [
          `${fresh.length === 1 ? "new is" : `${countWords(fresh.length, "category")} are new:`} ${listed(fresh, "current")}`,
        ]),
    ...(gone.length === 0
      ? []
      : [
          `${gone.length === 1 ? "gone is" : `${countWords(gone.length, "category")} are gone:`} ${listed(gone, "reference")}`,
        ]),
  ].join("; ");
}

/** `rose from 12 % to 30 %`; null where it did not by as much as can be said. */
export function shareMove(from: number, to: number): string | null {
  const words = apart(shareWords, from, to);
  return words && `${to > from ? "rose" : "fell"} from ${words[0]} to ${words[1]}`;
}

/** The word of which the share of texts moved most; empty where none did. */
export function wordChange(
  reference: { rowsOfWord: ReadonlyMap<string, number>; texts: number },
  current: { rowsOfWord: ReadonlyMap<string, number>; texts: number },
): string {
  let most = { word: "", from: 0, to: 0 };
  for (const word of new Set([...reference.rowsOfWord.keys(), ...current.rowsOfWord.keys()])) {
    const from = (reference.rowsOfWord.get(word) ?? 0) / (reference.texts || 1);
    const to = (current.rowsOfWord.get(word) ?? 0) / (current.texts || 1);
    if (Math.abs(to - from) > Math.abs(most.to - most.from)) most = { word, from, to };
  }
  const moved = shareMove(most.from, most.to);
  return moved === null ? "" : `share of texts with the word ${quoted(most.word)} ${moved}`;
}

/** What moved, from what to what, in plain words. */
export function describeChange(reference: FeatureSide, current: FeatureSide): string {
  if (reference.sample.kind === "categorical" && current.sample.kind === "categorical")
    return categoricalChange(reference.sample, current.sample);
  return numericalChange(reference, current);
}
