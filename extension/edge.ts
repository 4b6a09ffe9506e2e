import * as vscode from "vscode";

/** A button of an error message. */
export interface Help {
  title: string;
  act(): unknown;
}

/** Where errors end: a sentence for the user, the stack for the log. */
export class Edge {
  readonly log = vscode.window.createOutputChannel("Assayer", { log: true });

  /**
   * Runs what the user asked for; of a fault it shows `Cannot <wanted>: <message>` and one button.
   *
   * @param wanted what the user wanted, to follow "Cannot"
   * @param help the button for an error, default the log
   * @returns undefined after a fault, and after the user cancelled
   */
  async attempt<T>(
    wanted: string,
    action: () => Promise<T>,
    help?: (error: unknown) => Help | undefined,
  ): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof vscode.CancellationError) return undefined;
      this.report(wanted, error, help?.(error));
      return undefined;
    }
  }

  /** Shows a fault without waiting for the user to read it. */
  report(wanted: string, error: unknown, help: Help = this.showLog): void {
    this.note(wanted, error);
    const text = `Cannot ${wanted}: ${messageOf(error)}`;
    void vscode.window.showErrorMessage(text, help.title).then((pressed) => {
      if (pressed === help.title) help.act();
    });
  }

  /** Keeps a fault in the log only. */
  note(wanted: string, error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : undefined;
    this.log.error(`Cannot ${wanted}: ${stack}`);
    if (cause !== undefined) this.log.error("caused by", cause);
  }

  private readonly showLog: Help = {
    title: "Show Log",
    act: () => {
      this.log.show();
    },
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an AssayerError; errors of other kinds have none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
