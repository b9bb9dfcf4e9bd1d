/**
 * Proves that the README's two commands work for somebody who has nothing yet: in a fresh clone of
 * HEAD, with an empty npm cache, without models and presets of their own.
 *
 *     node scripts/prove-readme.js
 *
 * The second command runs the tests, so the output ends with their line `N passed, N failed`.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** What the first command must print to count as a bench's table, and the second as a test run. */
const proofs = [
  { what: "a table with plain decoding and a draft", pattern: /^plain .+\n(?:draft .+\n)+/m },
  { what: "the tests' last line", pattern: /\n[1-9]\d* passed, 0 failed.*\n$/ },
];

const folder = mkdtempSync(join(tmpdir(), "specdec-readme-"));
try {
  await prove(folder);
} catch (error) {
  console.error(`the README does not hold: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function prove(folder) {
  const changes = execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  if (changes !== "") console.error("note: what is not committed is not in the clone");
  const clone = join(folder, "clone");
  execFileSync("git", ["clone", "--quiet", root, clone], { stdio: "inherit" });
  const env = beginnersEnvironment(folder);
  const commands = readmeCommands(readFileSync(join(clone, "README.md"), "utf8"));
  if (commands.length !== proofs.length) {
    throw new Error(`"Two commands" has ${commands.length} of them`);
  }
  for (const [i, { what, pattern }] of proofs.entries()) {
    const output = await run(commands[i], { cwd: clone, env });
    if (!pattern.test(output)) throw new Error(`\`${commands[i]}\` did not print ${what}`);
  }
}

/** The commands in the fenced blocks of the section "Two commands". */
function readmeCommands(readme) {
  const section = /^## Two commands\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  return [...section.matchAll(/^```\w*\n(.*?)\n```$/gms)].map(([, command]) => command);
}

function beginnersEnvironment(folder) {
  const { SPECDEC_MODELS: _, ...env } = process.env;
  const empty = (name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  return {
    // What npm tells its scripts (the cache, the project) would reach the npm in the clone.
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name))),
    npm_config_cache: empty("npm-cache"),
    XDG_CACHE_HOME: empty("cache"),
    XDG_CONFIG_HOME: empty("config"),
  };
}

/** Runs a command in a shell, as it stands. @returns what it prints on stdout, which is shown too */
async function run(command, options) {
  console.log(`\n$ ${command}`);
  const child = spawn(command, { ...options, shell: true, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`\`${command}\` ended with ${code}`);
  return output;
}
