/**
 * How a decision is made of a score: by thresholds of each group, and where a constraint asks for randomness, by a
 * number between 0 and 1 that a keyed hash makes of the request's id. The same request gets the same answer wherever
 * the rule runs: here, on the server, and inside the ONNX graph.
 */
export interface DecisionRule {
  kind: "decision-rule";
  format: 1;
  /** What was to be equal, and what was to be high. */
  constraint: string;
  objective: string;
  /** Names of the sensitive features whose values, joined by ", ", name a group. */
  sensitiveFeatures: string[];
  groups: GroupRule[];
  /** For a group that was not there when the rule was made. */
  otherwise: GroupSteps;
  /**
   * Text that keys the hash; it is part of the model, so that whoever has the model can repeat its answers, and could
   * find an id that gets a yes if they may choose it.
   */
  key: string;
}

export interface GroupRule extends GroupSteps {
  group: string;
}

/**
 * Steps of the probability of a positive answer: `levels[k]` where k thresholds are below the score, so that a higher
 * score never has the lower probability unless the rule was allowed to flip. The answer is positive when the request's
 * number is below the level. A rule without randomness has levels 0 and 1 alone.
 */
export interface GroupSteps {
  /** Ascending, t of them, in double precision. */
  thresholds: number[];
  /** t + 1 of them, 0 to 1. */
  levels: number[];
}
