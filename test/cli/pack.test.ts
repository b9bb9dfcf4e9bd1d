import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const minute = 60_000;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** @returns the tarball's path; what is in dist is packed, without building again */
function pack(folder: string): string {
  const args = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const name = execFileSync("npm", args, { cwd: root, encoding: "utf8" }).trim();
  return join(folder, name);
}

test("the package holds what it needs to run and nothing else", () => {
  const tarball = pack(temporaryFolder());
  const list = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  const tops = list.map((path) => path.replace("package/", "").replace(/\/.*/, ""));
  expect([...new Set(tops)].sort()).toEqual([
    "LICENSE",
    "README.md",
    "bin",
    "dist",
    "package.json",
    "presets",
  ]);
  expect(list.filter((path) => /test|node_modules|\.tsbuildinfo/.test(path))).toEqual([]);
});

test("installed elsewhere it runs by npx, with the built-in prompts", {
  timeout: 10 * minute,
}, () => {
  const folder = temporaryFolder();
  const tarball = pack(folder);
  const app = join(folder, "app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), '{"private": true}');
  const run = (command: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: app, encoding: "utf8" });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  };
  run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  expect(run("npx", "specdec", "--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  const bench = ["--engine", "fake", "--target", "fake:", "--reps", "1", "--max-tokens", "2"];
  const report = run("npx", "specdec", "bench", ...bench, "--format", "json");
  expect(JSON.parse(report).plan.prompts).toHaveLength(12);
});
