export interface CreateDemoOptions {
  /** Called with what is being done and the share that is done, 0 to 1. */
  onProgress?: (message: string, fraction: number) => void;
  /** Stops between two runs; what was logged until then stays. */
  signal?: AbortSignal;
}

export interface DemoResult {
  /** Folder of the project. */
  root: string;
  runs: number;
  versions: number;
  /** Name of the model that ended up in production. */
  model: string;
}

/**
 * Makes a project on real data: trains some two dozen models of the CPS wages, logs and registers them, and
 * promotes the best. The trainers and the data are loaded only here.
 *
 * @param root folder of the new project
 * @throws AssayerError "invalid-argument" when there is a project already
 */
export async function createDemo(
  root: string,
  options: CreateDemoOptions = {},
): Promise<DemoResult> {
  const demo = await import("./demo/index");
  return demo.buildDemo(root, options);
}
