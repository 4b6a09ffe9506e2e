import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(__dirname, "..", "..");
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

interface Manifest {
  icon: string;
  contributes: {
    commands: { command: string }[];
    configuration: { properties: Record<string, { markdownDescription?: string }> };
    keybindings: { command: string }[];
    menus: Record<string, { command: string }[]>;
    viewsContainers: { activitybar: { icon: string }[] };
    viewsWelcome: { contents: string }[];
  };
}

const manifest = JSON.parse(read("package.json")) as Manifest;
const { contributes } = manifest;
const contributed = contributes.commands.map(({ command }) => command).sort();

test("every command of the manifest is registered, and no other", () => {
  const sources = [
    read("extension", "main.ts"),
    read("extension", "commands", "run-commands.ts"),
    read("extension", "commands", "report-commands.ts"),
  ];
  const registered = [...sources.join("\n").matchAll(/\bcommand\("(\w+)"/gu)]
    .map(([, name]) => `assayer.${name ?? ""}`)
    .sort();
  assert.deepEqual(registered, contributed);
});

test("menus, keys and welcome views name commands that exist", () => {
  const named = [
    ...Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command)),
    ...contributes.keybindings.map(({ command }) => command),
    ...contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/command:([\w.]+)/gu)].map(([, command]) => command ?? ""),
    ),
  ];
  assert.deepEqual(
    named.filter((command) => !contributed.includes(command)),
    [],
  );
});

test("every setting is documented and read by config.ts, which reads no other", () => {
  const { properties } = contributes.configuration;
  const source = read("extension", "config.ts");
  const used = [...source.matchAll(/setting(?:<[^(]*>)?\("([\w.]+)"/gu)].map(
    ([, key]) => `assayer.${key ?? ""}`,
  );
  assert.deepEqual(used.sort(), Object.keys(properties).sort());
  for (const { markdownDescription } of Object.values(properties))
    assert.ok((markdownDescription ?? "").length > 40);
});

test("config.ts alone reads settings", () => {
  const files = readdirSync(join(root, "extension"), { recursive: true, encoding: "utf8" });
  const readers = files.filter(
    (file) =>
      file.endsWith(".ts") &&
      !file.startsWith("dist") &&
      read("extension", file).includes("getConfiguration"),
  );
  assert.deepEqual(readers, ["config.ts"]);
});

test("the icons of the manifest exist", () => {
  for (const icon of [
    manifest.icon,
    ...contributes.viewsContainers.activitybar.map((one) => one.icon),
  ])
    assert.ok(existsSync(join(root, icon)), icon);
});

test("main.ts stays a list of registrations", () => {
  assert.ok(read("extension", "main.ts").split("\n").length < 80);
});
