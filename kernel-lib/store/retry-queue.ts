import { AssayerError, messageOf } from "../errors";

const retryDelay = 1000;

interface Task {
  what: string;
  work: () => Promise<void> | void;
}

/**
 * Work that a fault of the disk must not lose, and that must not stop training: what fails is kept in memory and
 * tried again after a second and at `flush`. Work of one name stays in order, so that the later one counts; a
 * mistake of the caller is thrown on.
 */
export class RetryQueue {
  private tasks: Task[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** Does something that returns at once. */
  attempt(what: string, work: () => void): void {
    const task = { what, work };
    if (this.isWaiting(what)) this.tasks.push(task);
    else
      try {
        work();
      } catch (error) {
        this.keep(task, error);
      }
  }

  async attemptAsync(what: string, work: () => Promise<void>): Promise<void> {
    const task = { what, work };
    if (this.isWaiting(what)) this.tasks.push(task);
    else
      try {
        await work();
      } catch (error) {
        this.keep(task, error);
      }
  }

  /** Tries what is left once more. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = this.running.then(() => this.retry());
    return this.running;
  }

  /** Says what is lost with the process. */
  tellLost(): void {
    clearTimeout(this.timer);
    for (const { what } of this.tasks)
      process.emitWarning(`cannot keep ${what}: it is lost`, "AssayerWarning");
    this.tasks = [];
  }

  private isWaiting(what: string): boolean {
    return this.tasks.some((task) => task.what === what);
  }

  private async retry(): Promise<void> {
    const failed = new Set<string>();
    for (const task of [...this.tasks]) {
      if (failed.has(task.what)) continue;
      try {
        await task.work();
      } catch (error) {
        if (!isLasting(error)) {
          failed.add(task.what);
          continue;
        }
        tell(task, error, " without it");
      }
      this.tasks = this.tasks.filter((each) => each !== task);
    }
    if (this.tasks.length > 0) this.schedule();
  }

  private keep(task: Task, error: unknown): void {
    if (isLasting(error)) {
      // SQL here is the library's own: no mistake of the caller's.
      if (error.code !== "invalid-sql") throw error;
      tell(task, error, " without it");
      return;
    }
    if (this.tasks.length === 0) tell(task, error, ", it is kept in memory and tried again");
    this.tasks.push(task);
    this.schedule();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, retryDelay).unref();
  }
}

/** What no other time makes better. */
function isLasting(error: unknown): error is AssayerError {
  return error instanceof AssayerError;
}

function tell({ what }: Task, error: unknown, consequence: string): void {
  process.emitWarning(
    `cannot keep ${what}: ${messageOf(error)}; the run goes on${consequence}`,
    "AssayerWarning",
  );
}
