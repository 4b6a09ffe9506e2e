import { join } from "node:path";
import { messageOf } from "../../kernel-lib/errors";
import { pythonEnvironment } from "../python";

try {
  pythonEnvironment("jupyter", join(__dirname, "requirements.txt"));
} catch (error) {
  console.log(messageOf(error));
  process.exitCode = 3;
}
