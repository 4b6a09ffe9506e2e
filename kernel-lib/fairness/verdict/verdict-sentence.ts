import type { CountMetric } from "../../evaluate/metric";
import { denominatorOf } from "../intervals/count-estimate";
import type { NamedEstimate } from "../intervals/disparity";
import type { FairnessGroup } from "../report";
import { digitsApart, digitsBeside, digitsOf, percentWords } from "./figure-words";
import type { Judgement, Measure } from "./judge-groups";

interface Told {
  measure: Measure;
  judgement: Judgement;
  groups: readonly FairnessGroup[];
  confidence: number;
  rowsNeeded: number | null;
  /** The label that counts as positive, where it is known. */
  positiveLabel: string | null;
}

const mostUnjudged = 3;

/** A verdict in one sentence, for somebody who knows none of the terms. */
export function verdictSentence(told: Told): string {
  const { lowest, highest, figure } = told.judgement;
  if (lowest === null || highest === null || figure.value === null)
    return `${nothingToJudge(told)}.`;
  const parts = [`${claim(told, lowest, highest)}: ${extent(told)}`, ...doubts(told)];
  return `${parts.join("; ")}.`;
}

function nothingToJudge({ measure, judgement, groups }: Told): string {
  const unjudged = unjudgedWords(judgement, groups);
  if (measure.kind === "loss") return `No group can be judged: ${unjudged}`;
  if (unjudged !== "") return `No two groups can be compared: ${unjudged}`;
  const only = groups[0];
  return only === undefined || groups.length > 1
    ? "There is nothing to compare"
    : `There is only one group, ${groupWords(only)}, and nothing to compare it with`;
}

function claim(told: Told, low: NamedEstimate, high: NamedEstimate): string {
  const { judgement, groups, positiveLabel } = told;
  const { metric } = judgement;
  const shares = [low, high].map(({ value }) => value);
  const [a, b] = [low, high].map((estimate) =>
    wordsOf(groups, estimate, metric, digitsApart(shares)),
  ) as [GroupWords, GroupWords];
  const yes = answerWords(positiveLabel);
  if (!b.isCounted)
    return `The model misses by ${digitsOf(high.value, digitsFor(high.value))} on average for ${b.name} ${b.of}, the most of any group`;
  switch (metric.name) {
    case "selectionRate":
      return `The model answers ${yes} for ${a.share} of ${a.name} ${a.of} and for ${b.share} of ${b.name} ${b.of}`;
    case "truePositiveRate":
      return `Of ${a.name} whose true answer is ${yes}, the model recognises ${a.share} ${a.of}; of ${b.name} ${b.share} ${b.of}`;
    case "falsePositiveRate":
      return `Of ${a.name} whose true answer is not ${yes}, the model wrongly answers ${yes} for ${a.share} ${a.of}; of ${b.name} for ${b.share} ${b.of}`;
    case "precision":
      return `Where the model answers ${yes}, it is right for ${a.share} of ${a.name} ${a.of} and for ${b.share} of ${b.name} ${b.of}`;
    case "accuracy":
      return `The model is right for ${a.share} of ${a.name} ${a.of} and for ${b.share} of ${b.name} ${b.of}`;
    default:
      return `The model is wrong for ${b.share} of ${b.name} ${b.of}, the most of any group`;
  }
}

interface GroupWords {
  name: string;
  share: string;
  /** `(44 of 72)`. */
  of: string;
  /** Whether it is a share of counts. */
  isCounted: boolean;
}

function wordsOf(
  groups: readonly FairnessGroup[],
  { name, value }: NamedEstimate,
  metric: CountMetric,
  digits: number,
): GroupWords {
  const group = groups.find((each) => each.name === name) as FairnessGroup;
  const share = percentWords(value, digits);
  const counted = { name: groupWords(group), share, isCounted: group.counts !== null };
  if (group.counts === null) return { ...counted, of: `(${digitsOf(group.rows, 0)} rows)` };
  const rows = group.rowCounts ?? group.counts;
  const total = denominatorOf(rows, metric.denominator);
  const hits = digitsOf(metric.compute(rows) * total, 0);
  const isWeighted = group.weightSquares !== undefined && group.weightSquares !== null;
  const of = isWeighted
    ? `(of ${digitsOf(total, 0)}, weighted)`
    : `(${hits} of ${digitsOf(total, 0)})`;
  return { ...counted, of };
}

/** The value itself where it is a word, `south = 1` where it is not. */
function groupWords({ values, name }: FairnessGroup): string {
  const words = Object.entries(values).map(([feature, value]) =>
    /^\p{L}/u.test(value) && !/^(?:true|false|yes|no|nan)$/iu.test(value)
      ? value
      : `${feature} = ${value}`,
  );
  return words.length === 0 ? name : words.join(", ");
}

function answerWords(label: string | null): string {
  return label === null || /^(?:1|1\.0|true|yes|positive)$/iu.test(label) ? "yes" : `“${label}”`;
}

/** How far it is, between what and what, and what is allowed. */
function extent({ measure, judgement, groups, confidence }: Told): string {
  const { kind, limit } = measure;
  const scale = kind === "ratio" || !isCounted(groups) ? 1 : 100;
  const { value, low, high } = judgement.figure;
  const known = [value, low, high].filter((end) => end !== null).map((end) => end * scale);
  const least = scale === 100 ? 0 : kind === "ratio" ? 2 : digitsFor(known[0] ?? 0);
  const digits = digitsBeside(limit * scale, known, least);
  const [extentWords = "", from = "", to = ""] = known.map((end) => digitsOf(end, digits));
  const unit = kind === "loss" && scale === 100 ? " %" : "";
  const range =
    known.length < 3
      ? ""
      : `between ${from}${unit} and ${to}${unit} with ${digitsOf(confidence * 100, 2)} % confidence, `;
  const allowed = `${digitsOf(limit * scale, 6)}${unit}`;
  if (kind === "loss") return `${range}where at most ${allowed} is allowed`;
  if (kind === "ratio")
    return `a ratio of ${extentWords}, ${range}where at least ${allowed} is required`;
  const [points, are] = [extentWords === "1" ? "point" : "points", allowed === "1" ? "is" : "are"];
  return `a gap of ${extentWords} ${points}, ${range}where at most ${allowed} ${are} allowed`;
}

function isCounted(groups: readonly FairnessGroup[]): boolean {
  return groups.some(({ counts }) => counts !== null);
}

/** Three digits that count. */
function digitsFor(value: number): number {
  return value === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

function doubts({ measure, judgement, groups, rowsNeeded }: Told): string[] {
  const words: string[] = [];
  const { low, high } = judgement.figure;
  const { limit } = measure;
  const isOpen = low === null || high === null || (low <= limit && high > limit);
  if (judgement.verdict === "insufficient" && isOpen)
    words.push(
      rowsNeeded === null
        ? "that is not enough to tell"
        : `that is not enough to tell, and about ${digitsOf(Number(rowsNeeded.toPrecision(2)), 0)} more labelled rows would likely do`,
    );
  const unjudged = unjudgedWords(judgement, groups);
  if (unjudged !== "") words.push(`not judged: ${unjudged}`);
  return words;
}

function unjudgedWords({ unjudged }: Judgement, groups: readonly FairnessGroup[]): string {
  const named = unjudged.slice(0, mostUnjudged).map(({ group, reason }) => {
    const found = groups.find(({ name }) => name === group);
    return `${found === undefined ? group : groupWords(found)} (${reason})`;
  });
  const more = unjudged.length - named.length;
  if (more > 0) named.push(`and ${more} more ${more === 1 ? "group" : "groups"}`);
  return named.join(", ");
}
