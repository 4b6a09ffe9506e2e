/** A vega-lite specification as plain JSON. Colours come from whoever renders it. */
export interface VegaLiteSpec {
  $schema: string;
  [property: string]: unknown;
}

export const vegaLiteSchema = "https://vega.github.io/schema/vega-lite/v6.json";
