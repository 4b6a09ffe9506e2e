import { userInfo } from "node:os";

/** Name of the user who runs this process. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? "unknown";
  }
}
