import { AssayerError } from "../errors";
import { readArtifact } from "./artifacts";
import { queryRows, type Connection } from "./connection";
import { isDigest } from "./digest";

/** The files of a model version that is kept as it came; the version's digest is that of this as JSON. */
export interface FileList {
  files: { name: string; sha256: string; size: number }[];
}

/** Digests of the file lists among the model versions. */
export async function listDigests(connection: Connection): Promise<string[]> {
  const rows = await queryRows<{ digest: string }>(
    connection,
    "select distinct digest from model_versions where format <> 'onnx'",
  );
  return rows.map(({ digest }) => digest);
}

/** Digests of all files that these lists name; a list that is not there or is damaged names none. */
export async function listedDigests(store: string, lists: readonly string[]): Promise<Set<string>> {
  const digests = new Set<string>();
  for (const list of lists) {
    try {
      const { files } = JSON.parse((await readArtifact(store, list)).toString()) as FileList;
      for (const { sha256 } of files) if (isDigest(sha256)) digests.add(sha256);
    } catch (error) {
      if (!(error instanceof AssayerError || error instanceof SyntaxError)) throw error;
    }
  }
  return digests;
}
