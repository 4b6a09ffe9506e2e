import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { AssayerError, messageOf } from "../../errors";
import { requireArtifact } from "../artifacts";
import { isSettled, removeSettled } from "./collect-garbage";
import { queryRows } from "../connection";
import type { Examined, Problem } from "./doctor";
import { listDigests, listedDigests } from "../file-list";
import { filesUnder } from "../files-under";
import { storePaths } from "../layout";
import { eachItem } from "../long-work";

function leftOver(path: string, what: string): Problem {
  return {
    severity: "warning",
    what,
    repair: {
      what: "delete it",
      work: () => {
        removeSettled(path);
      },
    },
  };
}

/** Every artifact that is named is there with the bytes of its digest; none is there that nothing names. */
export async function checkArtifacts({ store, connection, work }: Examined): Promise<Problem[]> {
  const { directory } = store;
  const named = await queryRows<{ digest: string; by: string }>(
    connection,
    `select digest, min(name) as by from (
        select digest, 'run ' || run_id || ', ' || name as name from artifacts
        union all select digest, model || '@' || number from model_versions
        union all select digest, 'the profile of ' || model || '@' || number from version_profiles
        union all select digest, 'the background of ' || model || '@' || number from version_backgrounds)
      group by digest order by digest`,
  );
  // Lists that cannot be read are told as artifacts themselves.
  const known = new Set(named.map(({ digest }) => digest));
  for (const digest of await listedDigests(directory, await listDigests(connection)))
    if (!known.has(digest)) named.push({ digest, by: "a model version that is kept" });
  const problems: Problem[] = [];
  await eachItem(named, "artifact", work, async ({ digest, by }) => {
    const error: unknown = await requireArtifact(directory, digest).then(
      () => undefined,
      (each: unknown) => each,
    );
    if (error === undefined) return;
    const path = storePaths.artifact(directory, digest);
    const problem: Problem = { severity: "error", what: `artifact of ${by}: ${messageOf(error)}` };
    if (error instanceof AssayerError && error.code === "corrupt-artifact")
      problem.repair = {
        what: "set the file aside as .damaged, so that logging the same bytes again keeps them",
        work: () => {
          renameSync(path, `${path}.damaged`);
        },
      };
    problems.push(problem);
  });
  const digests = new Set(named.map(({ digest }) => digest));
  const unnamed = filesUnder(join(directory, "artifacts")).filter(
    (path) => /^[0-9a-f]{64}$/u.test(basename(path)) && !digests.has(basename(path)),
  );
  return [
    ...problems,
    ...unnamed
      .filter(isSettled)
      .map((path) => leftOver(path, `artifact ${basename(path)} is named by nothing`)),
  ];
}

/** Every logged table is there with its rows; none is there that no record names. */
export async function checkLoggedTables({ store, connection, work }: Examined): Promise<Problem[]> {
  const { directory } = store;
  const tables = await queryRows<{ path: string; rows: number; runId: string }>(
    connection,
    `select path, row_count as "rows", run_id as "runId" from logged_tables order by path`,
  );
  const problems: Problem[] = [];
  await eachItem(tables, "table", work, async ({ path, rows, runId }) => {
    const problem = (what: string) => {
      problems.push({ severity: "error", what: `table ${path} of run ${runId}: ${what}` });
    };
    if (!existsSync(join(directory, path))) {
      problem("the file is not there");
      return;
    }
    try {
      const [found] = await queryRows<{ rows: number }>(
        connection,
        `select count(*) as rows from (select hash(t) from read_parquet(?) t)`,
        [path],
      );
      if (found?.rows !== rows) problem(`${rows} rows were logged; got ${found?.rows}`);
    } catch (error) {
      problem(messageOf(error));
    }
  });
  const paths = new Set(tables.map(({ path }) => join(directory, path)));
  const unnamed = filesUnder(join(directory, "tables")).filter(
    (path) => path.endsWith(".parquet") && !paths.has(path) && isSettled(path),
  );
  return [
    ...problems,
    ...unnamed.map((path) => leftOver(path, `${relative(directory, path)} is named by nothing`)),
  ];
}

/** Files and folders that something was about to finish when it was killed. */
export function checkTemporaryFiles({ store: { directory } }: Examined): Promise<Problem[]> {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.name.endsWith(".tmp"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path, _, all) => !all.some((other) => path.startsWith(`${other}/`)));
  return Promise.resolve(
    paths.filter(isSettled).map((path): Problem => ({
      severity: "warning",
      what: `${relative(directory, path)} was left by a process that died`,
      repair: {
        what: "delete it",
        work: () => {
          rmSync(path, { recursive: true, force: true });
        },
      },
    })),
  );
}
