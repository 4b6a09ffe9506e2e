import * as vscode from "vscode";
import type { ProjectHost } from "./project-host";

const scheme = "assayer";

/** Stands for the digest of a file that a run does not have: the other side of a diff. */
const none = "none";

/**
 * The address under which an artifact opens in an editor, by its own name.
 *
 * @param digest empty for a file without content
 */
export function artifactUri(digest: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${digest === "" ? none : digest}/${name}` });
}

/** Artifacts as read-only files. Their bytes are checked against the digest in the address. */
export class ArtifactFiles implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  constructor(private readonly host: ProjectHost) {}

  static register(host: ProjectHost): vscode.Disposable {
    return vscode.workspace.registerFileSystemProvider(scheme, new ArtifactFiles(host), {
      isReadonly: true,
      isCaseSensitive: true,
    });
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const [, digest = ""] = uri.path.split("/");
    if (digest === none) return new Uint8Array();
    const project = await this.host.require();
    return project.readArtifact(digest);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { byteLength } = await this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: byteLength };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotADirectory(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
