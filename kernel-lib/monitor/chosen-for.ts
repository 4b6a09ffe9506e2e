/** What options say of a column; undefined where they say nothing, also of one that is called `constructor`. */
export function chosenFor<T>(
  choices: Readonly<Record<string, T>> | undefined,
  column: string,
): T | undefined {
  return choices && Object.hasOwn(choices, column) ? choices[column] : undefined;
}
