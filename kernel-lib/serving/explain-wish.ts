import { z } from "zod";

/** How an answer is to be explained: methods that are exact, of outputs that need no label. */
const wishSchema = z.strictObject({
  method: z
    .enum(["auto", "tree-path-dependent", "tree-interventional", "linear", "linear-correlated"])
    .optional(),
  /** So many columns of each row alone, and the sum of the others. */
  top: z.number().int().min(1).max(10_000).optional(),
  output: z.enum(["raw", "probability"]).optional(),
});

export type ExplainWish = z.infer<typeof wishSchema>;

/** `parameters` of an infer request; others than `explain` are other programs'. */
export const parametersSchema = z.looseObject({
  explain: z.union([z.boolean(), wishSchema]).optional(),
});

/** What is wished for; undefined for no explanation. */
export function explainWish(
  parameters: z.infer<typeof parametersSchema> | undefined,
): ExplainWish | undefined {
  const { explain } = parameters ?? {};
  if (explain === undefined || explain === false) return undefined;
  return explain === true ? {} : explain;
}
