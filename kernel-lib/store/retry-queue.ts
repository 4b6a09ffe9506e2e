import { AssayerError, messageOf } from "../errors";

const retryDelay = 1000;

interface Task {
  what: string;
  work: () => Promise<void> | void;
}

/**
 * Work that a fault of the disk must not lose, and that must not stop training: what fails is kept in memory and
 * tried again, in order, after a second and at `flush`. A mistake of the caller is thrown on.
 */
export class RetryQueue {
  private readonly tasks: Task[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** Number of tasks that could not be done yet. */
  get length(): number {
    return this.tasks.length;
  }

  /** Does something that returns at once. */
  attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.keep({ what, work }, error);
    }
  }

  async attemptAsync(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.keep({ what, work }, error);
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
    this.tasks.length = 0;
  }

  private async retry(): Promise<void> {
    for (let task = this.tasks[0]; task !== undefined; task = this.tasks[0]) {
      try {
        await task.work();
        this.tasks.shift();
      } catch {
        this.schedule();
        return;
      }
    }
  }

  private keep(task: Task, error: unknown): void {
    const tell = (consequence: string) => {
      process.emitWarning(
        `cannot keep ${task.what}: ${messageOf(error)}; the run goes on${consequence}`,
        "AssayerWarning",
      );
    };
    if (error instanceof AssayerError) {
      // The library's own SQL: no mistake of the caller's, and no better the next time.
      if (error.code !== "invalid-sql") throw error;
      tell(" without it");
      return;
    }
    if (this.tasks.length === 0) tell(", it is kept in memory and tried again");
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
