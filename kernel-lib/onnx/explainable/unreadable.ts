/**
 * Why a core cannot be read of a model that ONNX Runtime can run. It ends in `why`, not in an error that the caller
 * sees.
 */
export class Unreadable extends Error {}

export const wayRound = "use a method for any model, such as permutation or kernel SHAP";
