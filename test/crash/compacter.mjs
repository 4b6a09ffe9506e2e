// Writes the database anew without end.
import { openProject } from "assayer";

async function main() {
  const project = await openProject(process.argv[2]);
  process.stdout.write("at work\n");
  for (;;) await project.compact().catch(refuse);
}

/** Another that was killed while it wrote is expected here. */
function refuse(error) {
  if (error.code !== "store-busy") throw error;
}

void main();
