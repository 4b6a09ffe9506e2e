import * as vscode from "vscode";

/** Work that the user may stop: a notification with what goes on and a Cancel button. */
export function withCancellableProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    const stop = new AbortController();
    cancelled.onCancellationRequested(() => {
      stop.abort();
    });
    try {
      return await work(stop.signal, (message) => {
        progress.report({ message });
      });
    } catch (error) {
      if (stop.signal.aborted) throw new vscode.CancellationError();
      throw error;
    }
  });
}

/** Short work, told in the status bar. */
export function withProgress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}
