import { messageOf } from "../../kernel-lib/errors";
import { mlflowEnvironment } from "./environment";

try {
  mlflowEnvironment();
} catch (error) {
  console.log(messageOf(error));
  process.exitCode = 3;
}
