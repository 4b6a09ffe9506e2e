import { AssayerError } from "../errors";
import { edgeTarget } from "./edge-target";
import type { TargetKind } from "./job";
import { remoteTarget } from "./remote";

/** Every kind of place models can be pushed to. */
export const targetKinds: readonly TargetKind[] = [remoteTarget, edgeTarget];

/** A target, understood: its kind, and its address in one proper spelling. */
export interface Target {
  kind: TargetKind["kind"];
  address: string;
}

/**
 * Reads `http://host:port` or `edge:folder`.
 *
 * @throws AssayerError "invalid-argument" for anything else
 * @example parseTarget("edge:./device").kind // "edge"
 */
export function parseTarget(target: string): Target {
  const { kind, address } = findTarget(target);
  return { kind: kind.kind, address };
}

/** As `parseTarget`, with the kind's description. */
export function findTarget(target: string): { kind: TargetKind; address: string } {
  for (const kind of targetKinds) {
    const address = kind.parse(target);
    if (address !== undefined) return { kind, address };
  }
  const forms = targetKinds.map(({ form }) => form).join(", ");
  throw new AssayerError("invalid-argument", `unknown target: ${target}; expected one of ${forms}`);
}
