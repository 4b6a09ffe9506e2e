import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DecisionTreeClassifier } from "ml-cart";
import { mlCartToOnnx } from "../../kernel-lib/onnx/from-ml-cart";
import { openProject, type Project } from "../../kernel-lib/project";
import { aboveMedian, columns, rows } from "../onnx/wages";

/** What a test made, taken away again in reverse order. */
export class Cleanup {
  private readonly steps: (() => unknown)[] = [];

  add<T>(value: T, step: (value: T) => unknown): T {
    this.steps.unshift(() => step(value));
    return value;
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0)) await step();
  }

  folder(): string {
    return this.add(mkdtempSync(join(tmpdir(), "assayer-test-")), (path) => {
      rmSync(path, { recursive: true, force: true });
    });
  }

  async project(name: string): Promise<Project> {
    return this.add(await openProject(this.folder(), { name }), (project) => project.close());
  }
}

/** A tree that tells from a person's data whether the wage is above the median. */
export function wageTree(maxDepth: number): Uint8Array {
  const tree = new DecisionTreeClassifier({ maxDepth });
  tree.train(rows, aboveMedian);
  return mlCartToOnnx(tree, { columns: columns.length });
}

/** Registers a tree as the next version of `wage-model`, and promotes it if asked. */
export async function addVersion(
  project: Project,
  maxDepth: number,
  stage?: string,
): Promise<number> {
  const version = await project.registry.register("wage-model", wageTree(maxDepth), {
    input: [{ columns }],
    sample: rows.slice(0, 3),
    note: `depth ${maxDepth}`,
  });
  if (stage !== undefined) {
    await project.registry.promote("wage-model", version.number, stage, { reason: "test" });
  }
  return version.number;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export async function get(url: string): Promise<Answer> {
  return answerOf(await fetch(url));
}

export async function post(url: string, body?: unknown, token?: string): Promise<Answer> {
  const headers = {
    "content-type": "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  return answerOf(await fetch(url, { method: "POST", headers, body: text }));
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

/** Waits until `check` holds; for what follows file-system events. */
export async function until(check: () => Promise<boolean>, milliseconds = 5000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`nothing changed within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
