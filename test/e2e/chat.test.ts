import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fakePair } from "../support/cli.ts";
import { childrenOf } from "../support/processes.ts";
import { type TerminalOptions, TestTerminal } from "../support/terminal.ts";
import { waitFor } from "../support/wait-for.ts";

const fake = `${fakePair.join(" ")} --temp 0`;
/** Slow enough to act in the middle of an answer. */
const slow =
  "--engine fake --target fake:step=20,token=1,end=-1000 --draft fake:agreement=0.8,step=1,end=-1000 --temp 0 --max-tokens 400";
const [stop, interrupt, details, provenance] = ["\u001b", "\u0003", "\u0014", "\u000f"];

/** A terminal with a chat in it whose history is its own. */
async function chat(flags: string, options: TerminalOptions = {}): Promise<TestTerminal> {
  const folder = mkdtempSync(join(tmpdir(), "specdec-e2e-"));
  const env = { XDG_STATE_HOME: folder, ...options.env };
  const terminal = new TestTerminal({ ...options, env });
  onTestFinished(() => {
    terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });
  terminal.enter(`specdec chat ${flags}`);
  await terminal.until(/\/help/);
  return terminal;
}

/** Fails unless the shell has its prompt on a fresh line, echoes keys and shows the cursor. */
async function expectLeftAsFound(terminal: TestTerminal, exitCode: number): Promise<void> {
  await terminal.untilPrompt();
  expect(terminal.cursorVisible).toBe(true);
  expect(terminal.output.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(
    terminal.output.lastIndexOf("\u001b[?2004h"),
  );
  terminal.enter('echo "exit $? end"');
  await terminal.until(new RegExp(`^exit ${exitCode} end$`, "m"));
  await terminal.untilPrompt();
  terminal.enter("stty -a");
  for (const mode of ["isig", "icanon", "echo", "opost"]) {
    await terminal.until(new RegExp(`(?<!-)\\b${mode}\\b`));
  }
}

async function quit(terminal: TestTerminal): Promise<void> {
  terminal.type("/quit\r");
  await expectLeftAsFound(terminal, 0);
}

describe("a chat on a terminal", () => {
  test("loads, answers what is typed, keeps it in the scrollback and quits", async () => {
    const terminal = await chat(`${fake} --max-tokens 30`);
    terminal.type("hello there\r");
    await terminal.until(/hello there[\s\S]*30 tokens/);
    terminal.type("and again\r");
    await terminal.until(/and again[\s\S]*30 tokens/);
    await quit(terminal);
    const screen = terminal.screen().join("\n");
    expect(screen).toMatch(/hello there[\s\S]*30 tokens[\s\S]*and again[\s\S]*30 tokens/);
  });

  test("stops in the middle of an answer and keeps what was said", async () => {
    const terminal = await chat(slow);
    terminal.type("hello\r");
    await terminal.until(/hello\n[\s\S]*\S{12}/);
    await terminal.until(/tok\/s/);
    terminal.type(stop);
    await terminal.until(/\d+ tokens[\s\S]*(?:stopped|interrupted)/);
    const file = join(tmpdir(), `specdec-e2e-${process.pid}.json`);
    onTestFinished(() => rmSync(file, { force: true }));
    terminal.type(`/save! ${file}\r`);
    await terminal.until(/saved/);
    const { turns } = JSON.parse(readFileSync(file, "utf8"));
    expect(turns).toHaveLength(1);
    expect(turns[0].answer.text.length).toBeGreaterThan(0);
    await quit(terminal);
  });

  test("takes another draft length in the middle of an answer", async () => {
    const terminal = await chat(slow);
    terminal.type("hello\r");
    await terminal.until(/draft 4/);
    await terminal.until(/tok\/s/);
    terminal.type("/draft-len 2\r");
    await terminal.until(/draft-len is 2 now[\s\S]*next pass/);
    await terminal.until(/draft 2/);
    terminal.type(stop);
    await terminal.until(/\d+ tokens/);
    await quit(terminal);
  });

  test("compares plainly and speculatively, side by side", async () => {
    const terminal = await chat(`${fake} --max-tokens 40`, { columns: 100 });
    terminal.type("hello\r");
    await terminal.until(/40 tokens/);
    terminal.type("/compare\r");
    await terminal.until(/the same 40 tokens/);
    expect(terminal.screen().join("\n")).toMatch(/plain[^\n]*draft 4/);
    await quit(terminal);
  });

  test("completes commands, says which are not there, and refuses bad values", async () => {
    const terminal = await chat(fake);
    terminal.type("/dra");
    await terminal.until(/\/drafter[\s\S]*\/draft-len|\/draft-len[\s\S]*\/drafter/);
    terminal.type(stop);
    await new Promise((resolve) => setTimeout(resolve, 100));
    terminal.type("\u0015/nonsense\r");
    await terminal.until(/nonsense/);
    terminal.type("/draft-len many\r");
    await terminal.until(/--draft-len/);
    await quit(terminal);
  });

  test("shows where tokens came from, and the details", async () => {
    const terminal = await chat(`${fake} --max-tokens 30`);
    terminal.type(provenance);
    await terminal.until(/full/);
    terminal.type(details);
    terminal.type("hello\r");
    await terminal.until(/30 tokens/);
    await terminal.until(/verify/);
    expect(terminal.output).toContain("\u001b[9m");
    await quit(terminal);
  });

  test("takes a paste of many lines as one message", async () => {
    const terminal = await chat(`${fake} --max-tokens 10`);
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i} of the paste, some words`);
    terminal.type(`\u001b[200~${lines.join("\r")}\u001b[201~`);
    await terminal.until(/line 299/);
    expect(terminal.screen().join("\n")).not.toMatch(/10 tokens/);
    terminal.type(interrupt);
    await terminal.until(/\/help/);
    terminal.type("short\r");
    await terminal.until(/short[\s\S]*10 tokens/);
    await quit(terminal);
  });

  test("survives a narrow window, and one that changes its size in the middle of an answer", async () => {
    const terminal = await chat(slow, { columns: 40, rows: 12 });
    terminal.type("hello\r");
    await terminal.until(/tok\/s/);
    for (const [columns, rows] of [
      [100, 30],
      [32, 8],
      [60, 15],
    ] as const) {
      terminal.resize(columns, rows);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    terminal.type(stop);
    await terminal.until(/\d+ tokens/);
    await quit(terminal);
  });

  test("is legible without colour", async () => {
    const terminal = await chat(`${fake} --max-tokens 30 --provenance full`, {
      env: { NO_COLOR: "1" },
    });
    terminal.type("hello\r");
    await terminal.until(/30 tokens/);
    await quit(terminal);
    // Underline, dim, inverse and strikethrough are no colours.
    const attributes = terminal.output
      .split("\u001b[")
      .flatMap((part) => /^([\d;]*)m/.exec(part)?.[1]?.split(";") ?? []);
    expect(attributes.filter((code) => /^(?:[349][0-7]|[34]8)$/.test(code))).toEqual([]);
    expect(attributes).toContain("4");
  });

  test("quits by Ctrl-C twice, and by Ctrl-D, on an empty line", async () => {
    const terminal = await chat(fake);
    terminal.type("words");
    await terminal.until(/words/);
    terminal.type(interrupt);
    await waitFor("an empty line", () => !/words/.test(terminal.screen().join("\n")) || undefined);
    terminal.type(interrupt);
    await terminal.until(/again/);
    terminal.type(interrupt);
    await expectLeftAsFound(terminal, 0);
    const other = await chat(fake);
    other.type("\u0004");
    await expectLeftAsFound(other, 0);
  });

  test("survives the end of its host, and starts it again", async () => {
    const terminal = await chat(slow);
    terminal.type("hello\r");
    await terminal.until(/tok\/s/);
    const program = await waitFor("the program", () => childrenOf(terminal.pid)[0]);
    const host = await waitFor("the host", () => childrenOf(program)[0]);
    process.kill(host, "SIGKILL");
    await terminal.until(/ended unexpectedly/);
    await terminal.until(/Enter/);
    terminal.type("\r");
    await terminal.until(/engine runs again/);
    // The question that had no answer is back.
    terminal.type("\r");
    await terminal.until(/engine runs again[\s\S]*hello[\s\S]*tok\/s/);
    terminal.type(stop);
    await terminal.until(/\d+ tokens;/);
    await quit(terminal);
  });

  test("brings back what was asked in an earlier chat", async () => {
    const folder = mkdtempSync(join(tmpdir(), "specdec-e2e-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { XDG_STATE_HOME: folder };
    const first = await chat(`${fake} --max-tokens 5`, { env });
    first.type("remember me\r");
    await first.until(/5 tokens/);
    await quit(first);
    const second = await chat(`${fake} --max-tokens 5`, { env });
    second.type("\u001b[A");
    await second.until(/remember me/);
    second.type(interrupt);
    await second.until(/Ask something/);
    await quit(second);
  });
});

describe("a chat with the pair that comes with specdec", () => {
  test("streams, stops, changes the length, compares and quits", async () => {
    const terminal = await chat("--temp 0 --max-tokens 100");
    expect(terminal.screen().join("\n")).toMatch(/target {2}python-tiny-target\.gguf/);
    terminal.type("import os\r");
    await terminal.until(/tok\/s/);
    terminal.type("/draft-len 1\r");
    await terminal.until(/draft-len is 1 now/);
    await terminal.until(/\d+ tokens;/);
    terminal.type("/compare\r");
    await terminal.until(/the same \d+ tokens|part at token \d+ \(near tie/);
    await quit(terminal);
  });

  test("keeps what was said when its host dies, and goes on", async () => {
    const terminal = await chat("--temp 0 --max-tokens 20");
    terminal.type("import os\r");
    await terminal.until(/20 tokens;/);
    const program = await waitFor("the program", () => childrenOf(terminal.pid)[0]);
    process.kill((await waitFor("the host", () => childrenOf(program)[0])) as number, "SIGKILL");
    terminal.type("class Point:\r");
    await terminal.until(/ended unexpectedly/);
    terminal.type("\r");
    await terminal.until(/engine runs again/);
    terminal.type("\r");
    await terminal.until(/engine runs again[\s\S]*20 tokens;/);
    await quit(terminal);
  });
});
