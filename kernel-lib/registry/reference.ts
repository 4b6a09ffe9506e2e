import { AssayerError } from "../errors";

/** What a reference names: a model, and a version of it by number, by stage, or the newest. */
export interface Reference {
  model: string;
  number?: number;
  stage?: string;
}

/**
 * Reads `wage-model@production`, `wage-model@3` or `wage-model`.
 *
 * @throws AssayerError "invalid-argument" for anything else
 */
export function parseReference(reference: string): Reference {
  const [model = "", selector, ...more] = reference.split("@");
  if (model.trim() === "" || selector === "" || more.length > 0)
    throw new AssayerError(
      "invalid-argument",
      `a model reference requires the form model@stage, model@number or model; got ${reference}`,
    );
  if (selector === undefined) return { model };
  return /^\d+$/u.test(selector) ? { model, number: Number(selector) } : { model, stage: selector };
}
