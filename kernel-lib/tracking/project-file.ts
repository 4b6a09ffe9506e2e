import { isAbsolute, relative, resolve, sep } from "node:path";
import { AssayerError } from "../errors";

/**
 * A file of the project, and its name there with slashes.
 *
 * @throws AssayerError "path-outside-project"
 */
export function projectFile(
  root: string,
  path: string,
  what: string,
  instead: string,
): { absolute: string; name: string } {
  const absolute = resolve(root, path);
  const inside = relative(root, absolute);
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside))
    throw new AssayerError(
      "path-outside-project",
      `${what} requires a file under ${root}; got ${absolute}: pass ${instead} for others`,
    );
  return { absolute, name: inside.split(sep).join("/") };
}
