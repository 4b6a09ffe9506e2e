import { AssayerError } from "../../errors";

/** What the mean prediction goes through before it is shared out: nothing, or the log-odds of a probability. */
export type Link = "identity" | "logit";

/** @throws AssayerError "invalid-argument" for another name, and the function for what is no probability */
export function linkOf(caller: string, link: Link = "identity"): (value: number) => number {
  if (link === "identity") return (value) => value;
  if ((link as string) !== "logit")
    throw new AssayerError(
      "invalid-argument",
      `unknown link: ${link}; expected one of identity, logit`,
    );
  return (value) => {
    if (value > 0 && value < 1) return Math.log(value / (1 - value));
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires probabilities between 0 and 1 for the link logit; got ${value}`,
    );
  };
}

/** The link where a single prediction may be 0 or 1, to tell how far predictions lie apart. */
export function boundedLink(link: Link = "identity"): (value: number) => number {
  if (link === "identity") return (value) => value;
  const through = linkOf("", link);
  return (value) => through(Math.min(Math.max(value, 0.001), 0.999));
}
