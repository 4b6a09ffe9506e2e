import type { FairnessGroup } from "../fairness/report";
import { groupText } from "./fairness-words";
import { titleOf } from "./title-of";

/** More groups than this cannot be told apart by colour, shape and dashes. */
export const mostCurves = 7;

interface DrawnGroups {
  drawn: FairnessGroup[];
  /** A sentence about those that are not; empty when all are. */
  left: string;
}

/**
 * The largest groups that can be drawn, in their order, and a sentence that names the others.
 *
 * @param lacks why a group cannot be drawn, or null
 */
export function drawnGroups(
  groups: readonly FairnessGroup[],
  limit: number,
  lacks: (group: FairnessGroup) => string | null,
): DrawnGroups {
  const reasons = new Map<FairnessGroup, string>();
  for (const group of groups) {
    const reason = lacks(group);
    if (reason !== null) reasons.set(group, reason);
  }
  const able = groups.filter((group) => !reasons.has(group));
  const largest = new Set([...able].sort((a, b) => b.rows - a.rows).slice(0, limit));
  const smaller = able.length - largest.size;
  const named = [...reasons].map(([{ name }, reason]) => `${groupText(name)} (${reason})`);
  const parts = [
    ...named.slice(0, 4),
    ...(named.length > 4 ? [`${named.length - 4} more without enough to draw`] : []),
    ...(smaller > 0 ? [`${smaller} smaller ${smaller === 1 ? "group" : "groups"}`] : []),
  ];
  return {
    drawn: able.filter((group) => largest.has(group)),
    left: parts.length === 0 ? "" : titleOf(`Not drawn: ${parts.join(", ")}`),
  };
}

/** Groups told apart by colour, and again by shape or dashes, so that none depends on colour alone. */
export function groupChannels(
  names: readonly string[],
  by: "shape" | "strokeDash",
): { color: object; shape?: object; strokeDash?: object } {
  const scale = { domain: names };
  const symbol = by === "shape" ? {} : { symbolType: "stroke", symbolSize: 400 };
  const legend = {
    orient: "top",
    title: null,
    columns: 3,
    labelLimit: 180,
    symbolOpacity: 1,
    ...symbol,
  };
  return {
    color: { field: "group", type: "nominal", scale, legend },
    [by]: { field: "group", type: "nominal", scale, legend },
  };
}

/** Lines of small text below a chart, of at most so many letters; nothing where there is none. */
export function noteBelow(note: string, letters = 72): object {
  return note === ""
    ? {}
    : {
        title: {
          text: wrapped(note, letters),
          orient: "bottom",
          anchor: "start",
          fontSize: 11,
          fontWeight: "normal",
          offset: 8,
        },
      };
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A chart that says why there is nothing to draw. */
export function emptyChart(description: string, width: number, text: string): object {
  return {
    description: `${description}: ${text}`,
    width,
    height: 24,
    data: { values: [{ text }] },
    mark: { type: "text" },
    encoding: { text: { field: "text", type: "nominal" } },
  };
}
