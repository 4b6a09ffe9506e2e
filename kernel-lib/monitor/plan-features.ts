import { AssayerError } from "../errors";
import { driftMethod } from "../drift/methods/methods";
import type { DriftMethod } from "../drift/methods/drift-method";
import { ownValue } from "../drift/own-value";
import { featureType } from "../drift/compare/feature-type";
import type { FeatureType } from "../drift/report";
import type { LongWork } from "../store/long-work";
import type { ScanColumn } from "../store/scan/table-scan";
import type { FeatureSource, ReadFeature } from "./feature-source";

type LookedAt = Exclude<FeatureType, "constant">;

/** How the caller wants features to be looked at and compared. */
export interface FeatureChoices {
  /** Default: all that both sides have. */
  features?: readonly string[];
  /** Instead of the type that the values tell. */
  types?: Readonly<Record<string, FeatureType>>;
  /** Name of a method in `driftMethods`, for all features that it is made for. */
  method?: string;
  /** For all features of a type. */
  methods?: Readonly<Partial<Record<"numerical" | "categorical", string>>>;
  featureMethods?: Readonly<Record<string, string>>;
  /** Instead of the method's own: level of a p-value, or largest distance. */
  threshold?: number;
  featureThresholds?: Readonly<Record<string, number>>;
}

/** A feature of both sides and how it is read. */
export interface PlannedFeature extends ReadFeature {
  type: LookedAt;
  /** Whether the type was inferred, so that whole numbers of few values still become categories. */
  inferred: boolean;
  integer: boolean;
  /** The side without a single value, where its type differs for that reason. */
  empty: "reference" | "current" | null;
}

export interface FeaturePlan {
  /** Read alike ones next to each other. */
  features: PlannedFeature[];
  /** Features that cannot be compared, and why. */
  incomparable: { name: string; reason: string }[];
  missingFeatures: string[];
  newFeatures: string[];
  warnings: string[];
}

const readAs: Record<LookedAt, ReadFeature["as"]> = {
  numerical: "numbers",
  timestamp: "numbers",
  categorical: "categories",
  text: "texts",
};
const readOrder: readonly ReadFeature["as"][] = ["numbers", "categories", "texts"];

function requireKnown(what: string, names: readonly string[], known: ReadonlySet<string>): void {
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `driftReport requires names of columns in ${what}; got ${unknown}`,
    );
}

function byName(columns: readonly ScanColumn[]): Map<string, ScanColumn> {
  return new Map(columns.map((column) => [column.name, column]));
}

function chosenType(name: string, type: FeatureType, column: ScanColumn): LookedAt {
  const fits: Record<ScanColumn["type"], readonly FeatureType[]> = {
    number: ["numerical", "categorical", "timestamp"],
    boolean: ["numerical", "categorical"],
    time: ["timestamp", "numerical", "categorical"],
    text: ["text", "categorical"],
    other: [],
  };
  if (!fits[column.type].includes(type))
    throw new AssayerError(
      "invalid-argument",
      `unknown type for ${name}, which holds values of type ${column.type}: ${type}; expected one of ${fits[column.type].join(", ")}`,
    );
  return type as LookedAt;
}

/** Says of every feature how it is read and looked at. */
export async function planFeatures(
  reference: FeatureSource,
  current: FeatureSource,
  choices: FeatureChoices,
  work: LongWork,
): Promise<FeaturePlan> {
  const [left, right] = [byName(reference.columns), byName(current.columns)];
  const all = new Set([...left.keys(), ...right.keys()]);
  const { features, types = {}, featureMethods = {}, featureThresholds = {} } = choices;
  requireKnown("features", features ?? [], all);
  requireKnown("types", Object.keys(types), all);
  requireKnown("featureMethods", Object.keys(featureMethods), all);
  requireKnown("featureThresholds", Object.keys(featureThresholds), all);
  const wanted = [...new Set(features ?? all)];
  const plan: FeaturePlan = {
    features: [],
    incomparable: [],
    missingFeatures: wanted.filter((name) => !right.has(name)),
    newFeatures: wanted.filter((name) => !left.has(name)),
    warnings: [],
  };
  const pairs = wanted.flatMap((name) => {
    const [a, b] = [left.get(name), right.get(name)];
    if (!a || !b) return [];
    if (a.type !== "other" && b.type !== "other") return [{ name, a, b }];
    plan.warnings.push(
      `${name} is left out: it holds values of several types, or of none that can be compared`,
    );
    return [];
  });
  const asked = pairs
    .filter(
      ({ name, a, b }) =>
        (a.type === "text" && ownValue(types, name) === undefined) || a.type !== b.type,
    )
    .map(({ name }) => name);
  const [ofReference, ofCurrent] = await Promise.all([
    reference.distinctCounts(asked, work),
    current.distinctCounts(asked, work),
  ]);
  const counts = new Map(
    asked.map((name, i) => [name, { reference: ofReference[i], current: ofCurrent[i] }]),
  );
  for (const { name, a, b } of pairs) {
    const count = counts.get(name);
    let column = a;
    let empty: PlannedFeature["empty"] = null;
    if (a.type !== b.type) {
      if (count?.reference?.present === 0) [empty, column] = ["reference", b];
      else if (count?.current?.present === 0) empty = "current";
      else {
        plan.incomparable.push({
          name,
          reason: `reference holds values of type ${a.type}, current of type ${b.type}`,
        });
        continue;
      }
    }
    const given = ownValue(types, name);
    const more =
      (count?.reference?.present ?? 0) >= (count?.current?.present ?? 0)
        ? count?.reference
        : count?.current;
    const type =
      given === undefined
        ? featureType({
            type: column.type as Exclude<ScanColumn["type"], "other">,
            integer: false,
            distinct: more?.distinct ?? 0,
            present: more?.present ?? 0,
          })
        : chosenType(name, given, column);
    const as = readAs[type];
    const unreadable = [reference, current]
      .filter((_, side) => empty !== (["reference", "current"] as const)[side])
      .map((source) => source.whyUnreadable({ name, as }))
      .find((reason) => reason !== null);
    if (unreadable !== undefined) {
      plan.incomparable.push({ name, reason: unreadable });
      continue;
    }
    plan.features.push({
      name,
      type,
      as,
      inferred: given === undefined,
      integer: a.integer === true && b.integer === true,
      empty,
    });
  }
  plan.features.sort((a, b) => readOrder.indexOf(a.as) - readOrder.indexOf(b.as));
  return plan;
}

/** Methods that were asked for, found before anything is read. */
export class ChosenMethods {
  private readonly general: DriftMethod | undefined;
  private readonly ofType: Partial<Record<string, DriftMethod>>;
  private readonly ofFeature: ReadonlyMap<string, DriftMethod>;

  constructor(private readonly choices: FeatureChoices) {
    const find = (name: string | undefined) => (name === undefined ? undefined : driftMethod(name));
    this.general = find(choices.method);
    this.ofType = {};
    for (const type of ["numerical", "categorical"] as const) {
      const method = find(choices.methods?.[type]);
      if (!method) continue;
      requireFit(method, type, `${type} features`);
      this.ofType[type] = method;
    }
    this.ofFeature = new Map(
      Object.entries(choices.featureMethods ?? {}).map(([name, method]) => [
        name,
        driftMethod(method),
      ]),
    );
  }

  /** The one for a feature: its own, else that of its type, else the general one where it is made for the type. */
  methodOf(feature: string, type: LookedAt): DriftMethod | undefined {
    const own = this.ofFeature.get(feature);
    if (own) {
      requireFit(own, type, feature);
      return own;
    }
    if (type !== "numerical" && type !== "categorical") return undefined;
    return (
      this.ofType[type] ??
      (this.general?.appliesTo.includes(type) === true ? this.general : undefined)
    );
  }

  /** Whether a method was chosen for this very feature. */
  hasOwn(feature: string): boolean {
    return this.ofFeature.has(feature);
  }

  thresholdOf(feature: string, type: LookedAt): number | undefined {
    const own = ownValue(this.choices.featureThresholds ?? {}, feature);
    if (own !== undefined) return own;
    return type === "numerical" || type === "categorical" ? this.choices.threshold : undefined;
  }
}

function requireFit(method: DriftMethod, type: LookedAt, what: string): void {
  if ((method.appliesTo as readonly string[]).includes(type)) return;
  throw new AssayerError(
    "invalid-argument",
    `${method.name} requires a ${method.appliesTo.join(" or ")} feature; got ${type}: ${what}`,
  );
}
