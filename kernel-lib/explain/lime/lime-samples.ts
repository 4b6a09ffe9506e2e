import { normalTail } from "../../stats/gamma-tail";
import { normalQuantile } from "../../stats/normal-quantile";
import { quantileOfSorted } from "../../stats/quantile";

/** A column as LIME sees it: how a value by chance is drawn, and what of it a weight is for. */
export interface LimeColumn {
  /** A value by chance, as the model is given it. */
  draw: (random: () => number) => number;
  /** What the weight is for: 1 where a value is like the row's own, else 0; or the value in standard deviations. */
  feature: (value: number) => number;
  /** `31 < age <= 40`. */
  condition: string;
}

/** Numbers are cut at their quartiles; a value is drawn from an interval's own normal distribution within it. */
export function quartileColumn(name: string, own: number, values: Float64Array): LimeColumn {
  const sorted = values.slice().sort();
  const cuts = [...new Set([0.25, 0.5, 0.75].map((share) => quantileOfSorted(sorted, share)))];
  const placeOf = (value: number) => cuts.filter((cut) => cut < value).length;
  const bins = Array.from({ length: cuts.length + 1 }, (_, bin) => {
    const inside = sorted.filter((value) => placeOf(value) === bin);
    const { mean, deviation } = spreadOf(inside);
    return {
      share: inside.length / sorted.length,
      from: cuts[bin - 1] ?? (sorted[0] as number),
      to: cuts[bin] ?? (sorted[sorted.length - 1] as number),
      mean,
      deviation: deviation + 1e-11,
    };
  });
  const home = placeOf(own);
  const [below, above] = [cuts[home - 1], cuts[home]];
  const text = (value: number) => String(Number(value.toPrecision(4)));
  return {
    condition: [
      ...(below === undefined ? [] : [`${text(below)} <`]),
      name,
      ...(above === undefined ? [] : [`<= ${text(above)}`]),
    ].join(" "),
    feature: (value) => (placeOf(value) === home ? 1 : 0),
    draw: (random) => {
      let at = random();
      const drawn = bins.findIndex(({ share }) => (at -= share) < 0);
      const bin = bins.at(drawn);
      if (!bin) return own;
      const { from, to, mean, deviation } = bin;
      if (from === to) return from;
      const low = 1 - normalTail((from - mean) / deviation);
      const high = 1 - normalTail((to - mean) / deviation);
      const value = mean + deviation * normalQuantile(low + (high - low) * random());
      // A value on the lower border is one of the interval before.
      return Math.min(
        to,
        value > from ? value : Math.min(to, from + 1e-12 * Math.abs(from) + 1e-300),
      );
    },
  };
}

/** Values of the data, as often as they are there. */
export function categoryColumn(
  name: string,
  own: number,
  values: Float64Array,
  label: (code: number) => string,
): LimeColumn {
  return {
    condition: `${name} = ${label(own)}`,
    feature: (value) => (value === own ? 1 : 0),
    draw: (random) => values[Math.floor(random() * values.length)] as number,
  };
}

/** Numbers drawn from a normal distribution of the data's mean and standard deviation. */
export function normalColumn(name: string, values: Float64Array): LimeColumn {
  const { mean, deviation } = spreadOf(values);
  const scale = deviation || 1;
  return {
    condition: name,
    feature: (value) => (value - mean) / scale,
    draw: (random) => mean + scale * normalQuantile(random() || 2 ** -33),
  };
}

function spreadOf(values: Float64Array): { mean: number; deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
