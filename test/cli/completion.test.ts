import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { specdec, specdecBin } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A folder with `specdec` in it, as npm puts it on the PATH. */
function folderWithSpecdec(): string {
  const folder = temporaryFolder();
  const command = join(folder, "specdec");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${specdecBin}" "$@"\n`);
  chmodSync(command, 0o755);
  return folder;
}

/** What a real bash proposes for a line whose last word is at the cursor. */
function bashProposes(words: readonly string[]): string[] {
  const script = `
    source <(specdec completion bash)
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _specdec
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  const output = execFileSync("bash", ["--norc", "-c", script, "bash", ...words], {
    cwd: temporaryFolder(),
    encoding: "utf8",
    // The login shell is another than the one that asks.
    env: {
      ...process.env,
      SHELL: "/bin/zsh",
      PATH: `${folderWithSpecdec()}${delimiter}${process.env.PATH}`,
    },
  });
  return output.split("\n").filter((line) => line !== "");
}

describe("bash completes", () => {
  test("commands", () => {
    expect(bashProposes(["specdec", ""])).toEqual(
      expect.arrayContaining(["generate", "bench", "doctor", "completion"]),
    );
    expect(bashProposes(["specdec", "be"])).toEqual(["bench"]);
  });

  test("options of the command, without those that the line has", () => {
    const rest = ["--drafter", "--draft-len"];
    expect(bashProposes(["specdec", "bench", "--dra"])).toEqual(["--draft", ...rest]);
    expect(bashProposes(["specdec", "bench", "--draft", "x", "--dra"])).toEqual(rest);
    expect(bashProposes(["specdec", "doctor", "--js"])).toEqual(["--json"]);
  });

  test("presets behind the commands of models that take them", () => {
    expect(bashProposes(["specdec", "models", "pull", "smol"])).toEqual(
      expect.arrayContaining(["smollm2"]),
    );
    expect(bashProposes(["specdec", "models", "inspect", "python-tiny-h"])).toEqual([
      "python-tiny-heads",
    ]);
    expect(bashProposes(["specdec", "models", "pu"])).toEqual(["pull"]);
  });

  test("suites of prompts, and what drafts", () => {
    expect(bashProposes(["specdec", "bench", "--prompts", "def"])).toEqual(["default"]);
    expect(bashProposes(["specdec", "bench", "--prompts", "./no"])).toEqual([]);
    expect(bashProposes(["specdec", "chat", "--drafter", "ngram,d"])).toEqual(["ngram,draft"]);
  });

  test("the choices of an option", () => {
    expect(bashProposes(["specdec", "bench", "--flash-attn", ""])).toEqual(["auto", "on", "off"]);
    expect(bashProposes(["specdec", "generate", "--gpu", "cu"])).toEqual(["cuda"]);
    expect(bashProposes(["specdec", "bench", "--gpu", "=", "cu"])).toEqual(["cuda"]);
    expect(bashProposes(["specdec", "bench", "--flash-attn", "="])).toEqual(["auto", "on", "off"]);
  });

  test("shells after completion", () => {
    expect(bashProposes(["specdec", "completion", "f"])).toEqual(["fish"]);
  });

  test("presets after --preset", () => {
    expect(bashProposes(["specdec", "bench", "--preset", "python"])).toEqual([
      "python-tiny",
      "python-tiny-heads",
    ]);
    expect(bashProposes(["specdec", "bench", "--preset", "=", "python"])).toEqual([
      "python-tiny",
      "python-tiny-heads",
    ]);
  });

  test("nothing of its own where a file is wanted, so that bash names files", () => {
    const options = ["--target", "--draft", "--out"];
    for (const option of options) {
      expect(bashProposes(["specdec", "bench", option, ""])).toEqual([]);
    }
  });
});

test("bash itself is told to name files where there is nothing", async () => {
  const { stdout } = await specdec(["completion", "bash"]);
  expect(stdout).toMatch(/^complete -o bashdefault -o default -F _specdec specdec$/m);
});

test.each(["bash", "zsh", "fish"])(
  "completion %s prints a script and nothing else",
  async (shell) => {
    const { code, stdout, stderr } = await specdec(["completion", shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("--get-yargs-completions");
  },
);

test("completion names the shells it knows", async () => {
  const refused = { code: 2, signal: null, stdout: "" };
  expect(await specdec(["completion", "tcsh"])).toEqual({
    ...refused,
    stderr: "error: shell tcsh is none of bash, zsh, fish\nhint: See specdec completion --help.\n",
  });
  expect(await specdec(["completion"])).toEqual({
    ...refused,
    stderr: "error: an argument is missing\nhint: See specdec completion --help.\n",
  });
});
