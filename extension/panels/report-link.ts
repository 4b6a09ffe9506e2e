import type { ReportInfo } from "assayer";
import type { ReportLink } from "../../webviews/protocol";
import { verdictWord } from "../text";

/** A report as a panel lists it. */
export function reportLink({ runId, kind, name, verdict, summary }: ReportInfo): ReportLink {
  return { runId, kind, name, verdict, word: verdictWord({ kind, verdict }), summary };
}
