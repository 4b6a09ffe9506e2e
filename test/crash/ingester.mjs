// Takes the journals in without end.
import { openProject } from "assayer";

async function main() {
  const project = await openProject(process.argv[2]);
  process.stdout.write("at work\n");
  for (;;) {
    await project.refresh();
    await new Promise((done) => setTimeout(done, 1));
  }
}

void main();
