import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Most that the package may unpack to, in bytes: the program, the presets and the embedded models. */
const maxUnpackedBytes = 48e6;

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs what is in dist, without building again. */
function pack(...args: readonly string[]): Packed {
  const command = ["pack", "--json", "--ignore-scripts", ...args];
  const output = execFileSync("npm", command, { cwd: root, encoding: "utf8" });
  const [packed] = JSON.parse(output) as [Packed];
  return packed;
}

describe("the package", () => {
  const { files, unpackedSize } = pack("--dry-run");
  const paths = files.map(({ path }) => path);

  test("has what it needs to run", () => {
    const needed = ["LICENSE", "README.md", "package.json", "bin/specdec.js", "dist/main.js"];
    expect(paths).toEqual(expect.arrayContaining(needed));
    // A process of its own: nothing imports it.
    expect(paths).toContain("dist/engine/host/process.js");
    expect(paths).toContain("presets/prompts/default.jsonl");
  });

  test("and nothing else", () => {
    const allowed = [
      /^(?:LICENSE|README\.md|package\.json)$/,
      /^bin\/specdec\.js$/,
      /^dist\/.+\.js$/,
      /^presets\/(?:prompts\/)?[^/]+\.jsonl?$/,
      /^models\/[^/]+\.(?:gguf|md)$/,
      /^bench-results\/report\.schema\.json$/,
    ];
    expect(paths.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  test("stays small", () => {
    expect(unpackedSize).toBeLessThan(maxUnpackedBytes);
  });
});

describe("installed from its tarball in an empty folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "specdec-package-"));
  // Nothing but what the package brings.
  const env = { ...process.env, SPECDEC_MODELS: undefined, XDG_CACHE_HOME: folder };

  /** @returns what it prints; a command that fails fails the test with what it says */
  function run(command: string, ...args: readonly string[]): string {
    const options = { cwd: folder, encoding: "utf8", env } as const;
    const { status, stdout, stderr } = spawnSync(command, args, options);
    if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  beforeAll(() => {
    const { filename } = pack("--pack-destination", folder);
    run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, filename));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("npx specdec --version and --help", () => {
    expect(run("npx", "specdec", "--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run("npx", "specdec", "--help")).toMatch(/^specdec <command>\n/);
  });

  test("npx specdec bench with the prompts that come with it", () => {
    const bench = ["--engine", "fake", "--target", "fake:", "--reps", "1", "--max-tokens", "2"];
    const report = run("npx", "specdec", "bench", ...bench, "--format", "json");
    expect(JSON.parse(report).plan.prompts).toHaveLength(12);
  });

  test("npx specdec doctor", () => {
    expect(run("npx", "specdec", "doctor")).toMatch(/\nAll is well: .+\n$/);
  });

  test("npx specdec bench with the pair that comes with it", () => {
    const table = run("npx", "specdec", "bench", "--reps", "1", "--max-tokens", "16");
    expect(table).toMatch(/^plain .+\n(?:draft .+\n)+/m);
    const kept = readdirSync(join(folder, "bench-results", "runs"));
    expect(kept.filter((name) => name.includes("python-tiny-target"))).toHaveLength(1);
  });
});
