import { AssayerError } from "../errors";
import type { FairnessConstraint } from "../fairness/constraint";
import { requireName, requireText } from "../store/check";
import { listVersions, type StageTransition } from "../store/read/read-registry";
import type { Store } from "../store/store";
import { currentUser } from "../store/user";
import { pickVersion } from "./pick-version";
import { requireFairness } from "./version-fairness";

/** The stage that servers serve: only a version they can run gets there. */
const servedStage = "production";

export interface PromoteOptions {
  reason: string;
  /** Default the user of this process. */
  by?: string;
  /**
   * Promote only if the newest fairness report of the run that made the version passes, judged anew by its stored
   * counts: by the requirements it was made with (true), or by these.
   */
  requireFairness?: boolean | readonly FairnessConstraint[];
}

/** Moves a version into a stage, and who held it to the last one, in one record. */
export async function promoteVersion(
  store: Store,
  model: string,
  number: number,
  stage: string,
  options: PromoteOptions,
): Promise<StageTransition> {
  const reason = requireText(options.reason, "promote: reason").trim();
  if (reason === "")
    throw new AssayerError("invalid-argument", "promote requires a reason; got an empty one");
  const by = requireName(options.by ?? currentUser(), "promote: by");
  const { requireFairness: fairness } = options;
  const { stages } = store.manifest;
  const isShared = stage === stages[0] || stage === stages.at(-1);
  return store.decide(async (connection) => {
    const versions = await listVersions(connection, model);
    if (versions.length === 0) throw new AssayerError("unknown-model", `unknown model: ${model}`);
    const version = pickVersion(versions, model, number);
    if (version.stage === stage)
      throw new AssayerError(
        "invalid-argument",
        `promote requires another stage; got ${model}@${number}, which is in ${stage} already`,
      );
    if (stage === servedStage && version.format !== "onnx")
      throw new AssayerError(
        "invalid-model",
        `promote requires a version in ONNX for ${stage}; got ${model}@${number}, which is kept as MLflow saved it`,
      );
    if (fairness !== undefined && fairness !== false)
      await requireFairness(
        connection,
        store.directory,
        version,
        fairness === true ? undefined : fairness,
      );
    const holder = isShared ? undefined : versions.find((each) => each.stage === stage);
    const move = { number, from: version.stage, to: stage, reason };
    const replaced = holder && {
      number: holder.number,
      from: stage,
      to: stages.at(-1) ?? "archived",
      reason: `replaced by version ${number}`,
    };
    const moves = replaced ? [replaced, move] : [move];
    const at = new Date();
    store.log.appendDurably({ kind: "stage", model, moves, by, at: at.getTime() });
    return { model, ...move, by, at };
  });
}
