import { isDataProfile, type DataProfile } from "../drift/profile/data-profile";
import { decodeProfile, encodeProfile } from "../drift/profile/encode-profile";
import { AssayerError, messageOf } from "../errors";
import type { GoldenSample, TensorSpec } from "../onnx/tensor";
import { putArtifact, readArtifact } from "../store/artifacts";
import type { JournalEvent, KeptProfile } from "../store/journal/events";
import { newId } from "../store/id";
import { storePaths } from "../store/layout";
import {
  listDeployments,
  listModels,
  listTransitions,
  listVersions,
  type Deployment,
  type Model,
  type ModelVersion,
  type StageTransition,
} from "../store/read/read-registry";
import type { Store } from "../store/store";
import type { Columns, TableData } from "../store/tables/table-data";
import { currentUser } from "../store/user";
import { requireName, requireText } from "../store/check";
import type { FairnessConstraint } from "../fairness/constraint";
import { examineModel } from "./examine-model";
import { pickVersion } from "./pick-version";
import { promoteVersion, type PromoteOptions } from "./promote-version";
import { parseReference } from "./reference";
import { nextNumber, takeNumber } from "./take-number";
import { decodeBackground, encodeBackground } from "./version-background";
import { versionExplanation, type VersionExplanation } from "./version-explanation";
import { versionFairness, type VersionFairness } from "./version-fairness";

export type { Deployment, Model, ModelVersion, StageTransition } from "../store/read/read-registry";
export type { PromoteOptions } from "./promote-version";

/** Highest number of a version: a 32-bit integer, as the tables have it. */
const highestNumber = 2 ** 31 - 1;

export interface ModelOptions {
  /** Tensors of the model; read out of the ONNX file where left out, checked against it where given. */
  input?: readonly Partial<TensorSpec>[];
  output?: readonly Partial<TensorSpec>[];
  /** Rows of the first input, or a golden sample as it is; repeated wherever the version is loaded. */
  sample?: readonly (readonly number[])[] | GoldenSample;
  note?: string;
  /** At most 200 rows that explanations compare with; the columns are those of the model's input. */
  background?: TableData;
}

export interface RegisterOptions extends ModelOptions {
  runId?: string;
  /** The version's number when another project gave it; default the next free one. */
  number?: number;
  /** What is kept of the data that the model was trained on, so that drift can be told without it. */
  profile?: DataProfile;
}

/** Models, their immutable versions and the stages these are in. */
export class Registry {
  /** @internal A registry comes with its project. */
  constructor(private readonly store: Store) {}

  /** Stages from the first, which versions begin in, to the last, where they go when they are replaced. */
  get stages(): readonly string[] {
    return this.store.manifest.stages;
  }

  models(): Promise<Model[]> {
    return this.store.read((connection) => listModels(connection, this.sharedStages));
  }

  /**
   * Versions of a model, the newest first.
   *
   * @throws AssayerError "unknown-model"
   */
  async versions(model: string): Promise<ModelVersion[]> {
    return this.store.read(async (connection) => {
      const versions = await listVersions(connection, model);
      if (versions.length > 0) return versions;
      const known = await listModels(connection, this.sharedStages);
      throw new AssayerError(
        "unknown-model",
        `unknown model: ${model}; expected one of ${known.map(({ name }) => name).join(", ") || "none yet"}`,
      );
    });
  }

  async version(model: string, number: number): Promise<ModelVersion> {
    return pickVersion(await this.versions(model), model, number);
  }

  /** Stage changes of a model, the newest first. */
  async history(model: string): Promise<StageTransition[]> {
    await this.versions(model);
    return this.store.read((connection) => listTransitions(connection, model));
  }

  /**
   * The version that a reference means: `wage-model@production`, `wage-model@3`, or `wage-model` for the newest.
   *
   * @throws AssayerError "unknown-model" or "unknown-stage" when there is none
   */
  async resolve(reference: string): Promise<ModelVersion> {
    const { model, number, stage } = parseReference(reference);
    const versions = await this.versions(model);
    if (number !== undefined) return pickVersion(versions, model, number);
    if (stage !== undefined) this.requireStage(stage);
    const version = versions.find((each) => stage === undefined || each.stage === stage);
    if (version) return version;
    throw new AssayerError(
      "unknown-stage",
      `${reference} requires a version in ${stage ?? ""}; got none: promote one first`,
    );
  }

  /**
   * Keeps an ONNX model as a new, immutable version. The number is taken by creating a file of that name, so
   * that two processes never get the same one; a number that was taken and not used is not given again.
   *
   * @throws AssayerError "invalid-model" when ONNX Runtime cannot open it or its tensors differ from those named
   * @throws AssayerError "version-conflict" when `number` is there with other bytes
   */
  async register(
    model: string,
    onnx: Uint8Array,
    options: RegisterOptions = {},
  ): Promise<ModelVersion> {
    requireModelName(model);
    const { number = 1 } = options;
    if (!Number.isSafeInteger(number) || number < 1 || number > highestNumber)
      throw new AssayerError(
        "invalid-argument",
        `register requires a number from 1 to ${highestNumber}; got ${number}`,
      );
    if (options.note !== undefined) requireText(options.note, "register: note");
    const { input, output, sample } = await examineModel(onnx, options);
    const background =
      options.background && this.keepBackground("register", options.background, input);
    const { digest, size } = this.keep(() => putArtifact(this.store.directory, onnx));
    const { runId = null, note = null } = options;
    const profile = options.profile && this.keepProfile("register", options.profile);
    const record = (number: number): ModelVersion => {
      const version: Omit<ModelVersion, "tags" | "profile" | "background"> = {
        model,
        number,
        format: "onnx",
        stage: this.firstStage,
        digest,
        size,
        runId,
        createdAt: new Date(),
        createdBy: currentUser(),
        input,
        output,
        sample,
        note,
      };
      this.store.log.appendDurably({
        ...versionEvent(version),
        ...(profile && { profile }),
        ...(background && { background }),
      });
      return {
        ...version,
        tags: {},
        profile: profile ? shown(profile) : null,
        background: background ? shown(background) : null,
      };
    };
    const path = (number: number) => storePaths.reservation(this.store.directory, model, number);
    const wanted = options.number;
    if (wanted === undefined) return record(this.keep(() => nextNumber(path)));
    return this.store.decide(async (connection) => {
      const versions = await listVersions(connection, model);
      const existing = versions.find((each) => each.number === wanted);
      if (existing && existing.digest === digest) {
        if (profile && existing.profile?.digest !== profile.digest)
          this.record("version-profile", model, wanted, profile);
        if (background && existing.background?.digest !== background.digest)
          this.record("version-background", model, wanted, background);
        return {
          ...existing,
          ...(profile && { profile: shown(profile) }),
          ...(background && { background: shown(background) }),
        };
      }
      if (existing || !takeNumber(path(wanted)))
        throw new AssayerError(
          "version-conflict",
          `register requires a free number; got ${model}@${wanted}, which another model holds`,
        );
      return record(wanted);
    });
  }

  /**
   * Moves a version into a stage. A stage other than the first and the last holds one version of a model at a
   * time: the one that held it moves to the last, in the same step. Survives power loss once it returned.
   *
   * @throws AssayerError "unknown-model", "unknown-stage", "invalid-argument" without a reason, or "invalid-model"
   * for production of what is not ONNX, "gate-failed" when fairness is required and not shown
   */
  async promote(
    model: string,
    number: number,
    stage: string,
    options: PromoteOptions,
  ): Promise<StageTransition> {
    this.requireStage(stage);
    return promoteVersion(this.store, model, number, stage, options);
  }

  /**
   * Keeps the profile of the data that a version was made with; it takes the place of one that was there.
   *
   * @throws AssayerError "unknown-model" when there is no such version
   */
  async setProfile(model: string, number: number, profile: DataProfile): Promise<ModelVersion> {
    const version = await this.version(model, number);
    const kept = this.keepProfile("setProfile", profile);
    this.record("version-profile", model, number, kept);
    return { ...version, profile: shown(kept) };
  }

  /**
   * Keeps rows that explanations of a version compare with; they take the place of those that were there.
   *
   * @param background 1 to 200 rows with the columns of the model's input
   * @throws AssayerError "unknown-model" when there is no such version
   */
  async setBackground(model: string, number: number, background: TableData): Promise<ModelVersion> {
    const version = await this.version(model, number);
    const kept = this.keepBackground("setBackground", background, version.input);
    this.record("version-background", model, number, kept);
    return { ...version, background: shown(kept) };
  }

  /**
   * The rows that explanations of a version compare with, by column; null where none were kept.
   *
   * @throws AssayerError "unknown-model" when there is no such version, "unknown-artifact" or "corrupt-artifact" when
   *   the file is lost
   */
  async background(model: string, number: number): Promise<Columns | null> {
    const { background } = await this.version(model, number);
    if (!background) return null;
    return decodeBackground(await readArtifact(this.store.directory, background.digest));
  }

  /**
   * The newest explanation report on a version: one that names it, or one of the run that made it; null where there is
   * none.
   *
   * @throws AssayerError "unknown-model" when there is no such version
   */
  async explanation(model: string, number: number): Promise<VersionExplanation | null> {
    const version = await this.version(model, number);
    return versionExplanation(this.store, version);
  }

  /**
   * The profile that was kept with a version; null where there is none.
   *
   * @throws AssayerError "unknown-model" when there is no such version, "unknown-artifact" or "corrupt-artifact" when
   *   the file is lost
   */
  async profile(model: string, number: number): Promise<DataProfile | null> {
    const { profile } = await this.version(model, number);
    if (!profile) return null;
    return decodeProfile(await readArtifact(this.store.directory, profile.digest));
  }

  /**
   * The fairness of a version by the newest report of the run that made it; null where there is none.
   *
   * @param constraints default those that the report was made with
   * @throws AssayerError "unknown-model" when there is no such version
   */
  async fairness(
    model: string,
    number: number,
    constraints?: readonly FairnessConstraint[],
  ): Promise<VersionFairness | null> {
    const version = await this.version(model, number);
    return this.store.read((connection) =>
      versionFairness(connection, this.store.directory, version, constraints),
    );
  }

  /** Keeps that a version was pushed somewhere, or that it was tried. */
  async recordDeployment(
    deployment: Pick<Deployment, "model" | "number" | "target" | "status"> & {
      detail?: string;
      counter?: number;
    },
  ): Promise<Deployment> {
    const { detail = null, counter = null, ...rest } = deployment;
    const at = new Date();
    const record = { ...rest, deploymentId: newId(), detail, counter, by: currentUser() };
    this.store.log.appendDurably({ kind: "deployment", ...record, at: at.getTime() });
    return Promise.resolve({ ...record, at });
  }

  /** Deployments of a model, or of all, the newest first. */
  deployments(model?: string): Promise<Deployment[]> {
    return this.store.read((connection) => listDeployments(connection, model));
  }

  /** The next number of the project's edge bundles: higher than any before, never given twice. */
  reserveCounter(): Promise<number> {
    return Promise.resolve(
      nextNumber((number) => storePaths.counter(this.store.directory, number)),
    );
  }

  /** Where the ONNX file of a version is. */
  modelPath(version: Pick<ModelVersion, "digest">): string {
    return storePaths.artifact(this.store.directory, version.digest);
  }

  private get firstStage(): string {
    return this.stages[0] ?? "none";
  }

  private get lastStage(): string {
    return this.stages.at(-1) ?? "archived";
  }

  private get sharedStages(): readonly string[] {
    return [this.firstStage, this.lastStage];
  }

  private requireStage(stage: string): void {
    if (!this.stages.includes(stage))
      throw new AssayerError(
        "unknown-stage",
        `unknown stage: ${stage}; expected one of ${this.stages.join(", ")}`,
      );
  }

  /** Runs what must reach the disk, since the caller waits for its answer. */
  private keep<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new AssayerError("store-fault", `cannot keep the model: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  private keepProfile(caller: string, profile: unknown): KeptProfile {
    if (!isDataProfile(profile))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires a profile that dataProfile made; got ${typeof profile}`,
      );
    const artifact = this.keep(() => putArtifact(this.store.directory, encodeProfile(profile)));
    return { ...artifact, rows: profile.rows, columns: profile.features.length };
  }

  private keepBackground(
    caller: string,
    background: TableData,
    input: readonly TensorSpec[],
  ): KeptProfile {
    const { bytes, ...size } = encodeBackground(caller, background, input);
    return { ...this.keep(() => putArtifact(this.store.directory, bytes)), ...size };
  }

  private record(
    kind: "version-profile" | "version-background",
    model: string,
    number: number,
    kept: KeptProfile,
  ): void {
    this.store.log.appendDurably({
      kind,
      model,
      number,
      ...kept,
      by: currentUser(),
      at: Date.now(),
    });
  }
}

function shown({ digest, rows, columns }: KeptProfile): ModelVersion["profile"] {
  return { digest, rows, columns };
}

function versionEvent(
  version: Omit<ModelVersion, "tags" | "profile" | "background">,
): Extract<JournalEvent, { kind: "model-version" }> {
  const { createdAt, createdBy, input, output, sample, ...rest } = version;
  return {
    kind: "model-version",
    ...rest,
    input: JSON.stringify(input),
    output: JSON.stringify(output),
    sample: sample === null ? null : JSON.stringify(sample),
    by: createdBy,
    at: createdAt.getTime(),
  };
}

function requireModelName(model: string): void {
  requireName(model, "register: model");
  if (model.includes("@") || model === "." || model === "..")
    throw new AssayerError(
      "invalid-argument",
      `register requires a name without @ that is no folder's; got ${model}`,
    );
}
