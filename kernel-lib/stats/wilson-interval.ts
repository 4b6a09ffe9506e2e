/**
 * The score interval of a share: the shares from which the observed one is at most `z` standard errors away.
 *
 * @param share 0 to 1
 * @param trials > 0, of how many it is a share; with weights their effective number, which need not be whole
 * @param z standard errors, 1.96 for 95%
 * @returns both ends, within 0 to 1
 * @see Wilson 1927, "Probable inference, the law of succession, and statistical inference"
 * @example wilsonInterval(0.8, 10, 1.96) // [0.490…, 0.943…]
 */
export function wilsonInterval(share: number, trials: number, z: number): [number, number] {
  const square = z * z;
  const centre = (share + square / (2 * trials)) / (1 + square / trials);
  const half =
    (z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials * trials))) /
    (1 + square / trials);
  // At 0 and 1 the end is the share itself, but for rounding.
  return [share === 0 ? 0 : centre - half, share === 1 ? 1 : centre + half];
}
