// Installs what the end-to-end test needs: `node --import tsx test/e2e/prepare.mjs`. The second time it does nothing.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const require = createRequire(import.meta.url);
const {
  e2eRoot,
  isServerInstalled,
  lockDigest,
  missingPackages,
  nodeFolder,
  stamp,
} = require("./requirements.ts");

/** Without what an npm around this says of itself: the server's install script believes it about Node.js. */
const ownEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_")),
);

function run(command, args, env = {}) {
  console.log(`e2e: ${command} ${args.join(" ")}`);
  const options = { cwd: e2eRoot, env: { ...ownEnvironment, ...env }, stdio: "inherit" };
  execFileSync(command, args, options);
}

function installPackages() {
  const packages = missingPackages();
  if (packages.length === 0) return true;
  const command = ["apt-get", "install", "--yes", "--no-install-recommends", ...packages];
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    run("apt-get", ["update"]);
    run("apt-get", command.slice(1));
    return true;
  }
  console.error(`e2e: missing ${packages.join(", ")}; as root: ${command.join(" ")}`);
  return false;
}

/** The server's own install script wants Node 24, which comes as a package beside it. */
function installServer() {
  if (isServerInstalled()) return;
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  const path = `${join(nodeFolder, "bin")}${delimiter}${process.env.PATH ?? ""}`;
  run("npm", ["rebuild", "code-server"], { PATH: path, npm_config_nodedir: nodeFolder });
  writeFileSync(stamp, lockDigest());
}

// 3 tells that this machine cannot have it.
if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(
    "e2e: the end-to-end test runs on Linux x64 only, where its VS Code server is built",
  );
  process.exitCode = 3;
} else if (installPackages()) installServer();
else process.exitCode = 3;
