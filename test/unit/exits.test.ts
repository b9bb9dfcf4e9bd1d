import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../../src", import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, code: readFileSync(join(source, file), "utf8") }));

const having = (pattern: RegExp): string[] =>
  files.filter(({ code }) => pattern.test(code)).map(({ file }) => file);

test("what is printed goes through the places that make it visible", () => {
  expect(having(/\bprocess\.std(?:out|err)\.write\(|\bconsole\.\w+\(/).sort()).toEqual([
    "commands/completion.ts", // a script of our own
    "commands/github-job.ts", // annotations, escaped as the runner has them
    "commands/heads.ts", // help
    "commands/output.ts",
    "commands/run-chat.ts", // answers and notes of a chat without a screen
    "commands/run-generate.ts", // what the model wrote
    "engine/host/host-process.ts", // SPECDEC_DEBUG
    "engine/node-llama-cpp/runtime.ts", // SPECDEC_DEBUG
    "main.ts", // errors
  ]);
});

test("a line that is printed is one line: its hint is a value of its own", () => {
  expect(having(/\.(?:print|tell|show)\([^;]*\\n/)).toEqual([]);
});
