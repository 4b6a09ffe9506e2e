import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { test } from "node:test";
import { AssayerError, metricCurves, openProject } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";

const mistake =
  (message: RegExp, code = "invalid-argument") =>
  (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

/** The first bytes of a PNG, and more after them. */
const png = Buffer.concat([
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
  deflateSync(Buffer.from("pixels")),
]);
const jpeg = Buffer.from("ffd8ffe000104a46494600", "hex");
const svg = `<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"/>`;

test("figures, pictures, text and pages are artifacts whose names and media types fit their content", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const curves = [{ run: "a", key: "m", steps: [0, 1], values: [1, 2] }];
  run.logFigure("curves", metricCurves(curves));
  run.logFigure("old.json", {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    mark: "point",
    data: { values: Float64Array.of(1, 2.5) },
  });
  run.logImage("sample", png);
  run.logImage("photo.png", jpeg);
  run.logImage("anim.GIF", Buffer.from("GIF89a..."));
  run.logImage("web", Buffer.from("RIFF\x10\x00\x00\x00WEBPVP8 ", "latin1"));
  run.logImage("drawing", svg);
  run.logImage("drawing-bytes.svg", Buffer.from(svg));
  run.logText("log", "plain");
  run.logText("summary.md", "# Ünicode");
  run.logText("v1.5", "no extension that is known");
  run.logHtml("report", "<p>hi</p>");
  run.logHtml("page.htm", "<p>hi</p>");
  await run.end();
  const { artifacts } = await project.run(run.id);
  assert.deepEqual(Object.fromEntries(artifacts.map(({ name, mediaType }) => [name, mediaType])), {
    "figures/curves.vl.json": "application/vnd.vegalite.v6+json",
    "figures/old.vl.json": "application/vnd.vegalite.v5+json",
    "html/page.html": "text/html",
    "html/report.html": "text/html",
    "images/anim.gif": "image/gif",
    "images/drawing-bytes.svg": "image/svg+xml",
    "images/drawing.svg": "image/svg+xml",
    "images/photo.jpg": "image/jpeg",
    "images/sample.png": "image/png",
    "images/web.webp": "image/webp",
    "texts/log.txt": "text/plain",
    "texts/summary.md": "text/markdown",
    "texts/v1.5.txt": "text/plain",
  });
  const read = async (name: string) =>
    project.readArtifact(artifacts.find((each) => each.name === name)?.digest ?? "");
  const old = JSON.parse((await read("figures/old.vl.json")).toString()) as { data: unknown };
  assert.deepEqual(old.data, { values: [1, 2.5] });
  assert.deepEqual(await read("images/sample.png"), png);
  assert.equal((await read("texts/summary.md")).toString(), "# Ünicode");
  await project.close();
});

test("what is no figure, picture or text is refused, and nothing of it is kept", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const circle: Record<string, unknown> = { mark: "bar" };
  circle["data"] = circle;
  const wrong: [() => void, RegExp, string?][] = [
    [
      () => {
        run.logFigure("f", [] as object);
      },
      /^logFigure requires a vega-lite spec; got an array$/u,
    ],
    [
      () => {
        run.logFigure("f", null as never);
      },
      /got null$/u,
    ],
    [
      () => {
        run.logFigure("f", { title: "x" });
      },
      /with one of mark, layer, .*; got the keys title$/u,
    ],
    [
      () => {
        run.logFigure("f", {
          $schema: "https://vega.github.io/schema/vega/v6.json",
          marks: [],
          layer: [],
        });
      },
      /got the schema https:.*\/vega\/v6\.json$/u,
    ],
    [
      () => {
        run.logFigure("f", circle);
      },
      /that JSON can hold/u,
    ],
    [
      () => {
        run.logFigure("../f", { mark: "bar" });
      },
      /^logFigure requires a relative name without \.\.; got figures\/\.\.\/f\.vl\.json$/u,
      "path-outside-project",
    ],
    [
      () => {
        run.logFigure("", { mark: "bar" });
      },
      /^logFigure requires a name/u,
    ],
    [
      () => {
        run.logImage("i", Buffer.from("%PDF-1.7"));
      },
      /^logImage requires PNG, JPEG, GIF, WebP or SVG; got 8 bytes that begin otherwise$/u,
    ],
    [
      () => {
        run.logImage("i", "<html><svg></svg></html>");
      },
      /got 24 characters that begin otherwise$/u,
    ],
    [
      () => {
        run.logImage("i", [1] as never);
      },
      /^logImage requires bytes, or the text of an SVG; got object$/u,
    ],
    [
      () => {
        run.logText("t", 5 as never);
      },
      /^logText requires text; got number$/u,
    ],
    [
      () => {
        run.logHtml("t", null as never);
      },
      /^logHtml requires text; got null$/u,
    ],
  ];
  for (const [work, message, code] of wrong) assert.throws(work, mistake(message, code));
  assert.deepEqual((await project.run(run.id)).artifacts, []);
  await project.close();
});

test("a table of any columns comes back by its name, and does not disturb SQL over the others", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const rows = [
    { run_id: "a", requestId: 1, nothing: null, at: new Date(5) },
    { run_id: "b", requestId: 2, nothing: null, at: null },
  ];
  await run.logTable("by run", rows);
  await run.logTable("numbers", { run_id: Int32Array.of(1, 2) });
  await run.logFeatures({ age: [40] });
  assert.deepEqual(await project.readTable(run.id, "table", "by run"), rows);
  assert.deepEqual(await project.readTable(run.id, "table", "numbers", { limit: 1 }), [
    { run_id: 1 },
  ]);
  assert.deepEqual(await project.sql("select age from features()"), [{ age: 40 }]);
  assert.throws(
    () => run.logTable("t", { a: [1], A: [1] }),
    mistake(/^a table requires column names that differ in more than case; got "A"$/u),
  );
  assert.throws(
    () => run.logTable("t", 5 as never),
    mistake(/^a table requires rows, columns or an Arrow table; got number$/u),
  );
  await assert.rejects(
    run.logTable("t", { a: [{}] as never }),
    mistake(/numbers, strings, booleans or dates; got object in a$/u),
  );
  await assert.rejects(run.logTable("", { a: [1] }), mistake(/^logTable requires a name/u));
  assert.equal((await project.run(run.id)).tables.length, 3);
  await project.close();
});
