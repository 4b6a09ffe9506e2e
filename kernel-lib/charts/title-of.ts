/**
 * A key as the title of an axis, a legend or a tooltip's line. vega-lite writes titles into
 * expressions and escapes only the quotes, so that backslashes and line ends must not come there;
 * and vega looks titles up in a plain object, where `constructor` is something else.
 */
export function titleOf(key: string): string {
  const title = key.replaceAll("\\", "\u2216").replace(/[\n\r\u2028\u2029]+/gu, " ");
  return title in Object.prototype ? `${title}\u200b` : title;
}
