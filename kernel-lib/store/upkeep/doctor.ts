import { existsSync, renameSync } from "node:fs";
import { AssayerError, messageOf } from "../../errors";
import { queryRows, type Connection } from "../connection";
import { checkArtifacts, checkLoggedTables, checkTemporaryFiles } from "./doctor-files";
import { checkReservations, checkRunRows, checkSeries, checkTables } from "./doctor-tables";
import { scanFrames } from "../journal/frame";
import { segmentMagic } from "../journal/journal";
import { storePaths } from "../layout";
import type { LongWork } from "../long-work";
import { listSegments, readFrom } from "../journal/segments";
import type { Store } from "../store";

/** Something that is not as it should be. */
export interface Finding {
  /** `error` where something was lost or is wrong, `warning` where something is only left over. */
  severity: "error" | "warning";
  /** What was found, in a sentence. */
  what: string;
  /** What a repair does; null where nothing can be repaired. */
  repair: string | null;
  /** True once that was done. */
  repaired: boolean;
}

/** A finding with the work of its repair. */
export interface Problem extends Omit<Finding, "repair" | "repaired"> {
  repair?: { what: string; work: () => unknown };
}

/** What a check may look at. */
export interface Examined {
  store: Store;
  connection: Connection;
  work: LongWork;
}

export interface DoctorOptions extends LongWork {
  /** Repair what can be; without it nothing is changed but that the journals are taken in, as every read does. */
  repair?: boolean;
}

export interface DoctorReport {
  /** Names of the checks that were made. */
  checks: string[];
  findings: Finding[];
}

/** Whole frames with right checksums, in every segment that is left. */
async function checkJournals({ store, connection }: Examined): Promise<Problem[]> {
  const faults = await queryRows<{ segment: string; fault: string }>(
    connection,
    "select segment, fault from journal_segments where fault is not null order by segment",
  );
  const segments = listSegments(store.directory);
  const known = faults.flatMap(({ segment, fault }): Problem[] => {
    const path = segments.find(({ name }) => name === segment)?.path;
    if (path === undefined) return [];
    const repair = {
      what: "set the segment aside as .damaged; what was whole in it is in the tables",
      work: () => {
        renameSync(path, `${path}.damaged`);
      },
    };
    return [{ severity: "error", what: `journal ${segment}: ${fault}`, repair }];
  });
  const unread = segments.filter(({ name }) => !faults.some(({ segment }) => segment === name));
  const fresh = unread.flatMap(({ name, path }): Problem[] => {
    if (!existsSync(path)) return [];
    const data = readFrom(path, 0);
    const { end, reason } = scanFrames(data.subarray(segmentMagic.length), {
      event: () => undefined,
    });
    if (reason !== "corrupt") return [];
    const at = end + segmentMagic.length;
    return [{ severity: "error", what: `journal ${name}: a corrupt record at byte ${at}` }];
  });
  return [...known, ...fresh];
}

/** In the order in which they are made, and their repairs with them. */
const checks: readonly { name: string; examine: (examined: Examined) => Promise<Problem[]> }[] = [
  { name: "journals", examine: checkJournals },
  { name: "tables of the database", examine: checkTables },
  { name: "metric summaries", examine: checkSeries },
  { name: "rows of runs", examine: checkRunRows },
  { name: "model version numbers", examine: checkReservations },
  { name: "artifacts", examine: checkArtifacts },
  { name: "logged tables", examine: checkLoggedTables },
  { name: "temporary files", examine: checkTemporaryFiles },
];

/**
 * Checks a store: checksums of journals and artifacts, every block of the database, references between tables and
 * files, what is left over. Repairs only when asked, and says of each finding what that does.
 *
 * @returns all findings; none for a healthy store
 */
export async function examineStore(
  store: Store,
  { repair = false, ...work }: DoctorOptions = {},
): Promise<DoctorReport> {
  const names = checks.map(({ name }) => name);
  if (!existsSync(storePaths.database(store.directory))) await store.refresh();
  const examineAll = async (connection: Connection): Promise<Finding[]> => {
    const findings: Finding[] = [];
    for (const [i, { name, examine }] of checks.entries()) {
      work.signal?.throwIfAborted();
      work.onProgress?.(name, i / checks.length);
      for (const { repair: cure, ...problem } of await examine({ store, connection, work })) {
        if (repair) await cure?.work();
        const repaired = repair && cure !== undefined;
        findings.push({ ...problem, repair: cure?.what ?? null, repaired });
      }
    }
    return findings;
  };
  try {
    const findings = repair ? await store.decide(examineAll) : await store.read(examineAll);
    return { checks: names, findings };
  } catch (error) {
    if (!(error instanceof AssayerError) || error.code !== "invalid-store") throw error;
    const what = `the database cannot be opened: ${messageOf(error)}; restore it from a backup`;
    return {
      checks: names,
      findings: [{ severity: "error", what, repair: null, repaired: false }],
    };
  }
}
