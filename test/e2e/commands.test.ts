import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fakePair, slowPair } from "../support/cli.ts";
import { childrenOf, untilGone } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TerminalOptions, TestTerminal } from "../support/terminal.ts";
import { waitFor } from "../support/wait-for.ts";

const pair = fakePair.join(" ");
const slowLoad = "--engine fake --target fake:step=5,load=1500";

function openTerminal(options?: TerminalOptions): TestTerminal {
  const terminal = new TestTerminal(options);
  onTestFinished(() => terminal.close());
  return terminal;
}

/** Fails unless the shell has its prompt on a fresh line, echoes keys and shows the cursor. */
async function expectLeftAsFound(terminal: TestTerminal, exitCode: number): Promise<void> {
  await terminal.untilPrompt();
  expect(terminal.cursorVisible).toBe(true);
  terminal.enter('echo "exit $? end"');
  await terminal.until(new RegExp(`^\\$ echo "exit \\$\\? end"\nexit ${exitCode} end\n`, "m"));
  await terminal.untilPrompt();
  terminal.enter("stty -a");
  for (const mode of ["isig", "icanon", "echo", "opost"]) {
    await terminal.until(new RegExp(`(?<!-)\\b${mode}\\b`));
  }
}

/** The program that the shell runs, and its host. */
async function processesIn(terminal: TestTerminal): Promise<{ program: number; host: number }> {
  const program = await waitFor("the program", () => childrenOf(terminal.pid)[0]);
  const host = await waitFor("the host", () => childrenOf(program)[0]);
  return { program, host };
}

describe("generate on a terminal", () => {
  test("shows the load, takes that line away, and streams the text", async () => {
    const terminal = openTerminal();
    terminal.enter(`specdec generate ${slowLoad} --max-tokens 200 --temp 0 'hi there'`);
    await terminal.until(/^loading the target model: \d+ %$/m);
    // The text comes bit by bit: the screen shows its beginning before its end.
    await terminal.untilOutput("\u001b[2K[Q'hq");
    expect(terminal.output).not.toContain("200 tokens");
    await terminal.until(/^200 tokens, stopped at --max-tokens;/m);
    const screen = terminal.screen().join("\n");
    expect(screen).not.toContain("loading");
    expect(screen).not.toContain("starting");
    expect(screen).toMatch(/^\[Q'hq/m);
    await expectLeftAsFound(terminal, 0);
  });

  test("shows how much of a long prompt is read, and takes that line away", async () => {
    const terminal = openTerminal();
    const model = "--engine fake --target fake:token=4 --max-tokens 5";
    terminal.enter(
      `printf '%600s' x | specdec generate ${model} -`.replace("specdec", '"$NODE" "$SPECDEC"'),
    );
    await terminal.until(/^reading the prompt: \d+ %$/m);
    await terminal.until(/^5 tokens/m);
    expect(terminal.screen().join("\n")).not.toContain("reading");
    await expectLeftAsFound(terminal, 0);
  });

  test("stops at Ctrl-C during the load", async () => {
    const terminal = openTerminal();
    terminal.enter("specdec generate --engine fake --target fake:load=3600000 hi");
    await terminal.until(/^loading the target model|^starting/m);
    const { program, host } = await processesIn(terminal);
    terminal.type("\u0003");
    await terminal.until(/^(?:\^C)?error: interrupted$/m);
    await Promise.all([untilGone(program), untilGone(host)]);
    expect(terminal.screen().join("\n")).not.toContain("loading");
    await expectLeftAsFound(terminal, 130);
  });

  test("takes its host along where it is killed during the load", async () => {
    const terminal = openTerminal();
    terminal.enter("specdec generate --engine fake --target fake:load=60000 hi");
    await terminal.until(/^loading the target model: 10 %$/m);
    const { program, host } = await processesIn(terminal);
    process.kill(program, "SIGKILL");
    await untilGone(host);
  });

  test("stops at Ctrl-C in mid-text, with the figures on lines of their own", async () => {
    const terminal = openTerminal();
    terminal.enter(`specdec generate ${slowPair.join(" ")} hi`);
    await terminal.until(/^\[Q'hq/m);
    const { program, host } = await processesIn(terminal);
    terminal.type("\u0003");
    await terminal.until(/^\d+ tokens, interrupted;[^$]+\nerror: interrupted$/m);
    await Promise.all([untilGone(program), untilGone(host)]);
    await expectLeftAsFound(terminal, 130);
  });
});

describe("bench on a terminal", () => {
  const bench = `specdec bench ${pair} --prompts hi there --draft-len 2 --out none`;

  test("shows how far it is and the table so far, takes that away, and prints a coloured table", async () => {
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(`${bench} --reps 10 --max-tokens 20`);
    await terminal.until(/^warming up · run [12] of 42/m);
    await terminal.until(/^measuring · run \d+ of 42 · \d+ s left · \d+ s so far$/m);
    await terminal.until(/^now {2}(?:plain|draft length 2) · text-\d · repetition \d+$/m);
    await terminal.until(/^[› ] draft length 2 +\d+ +\d+\.\d +×\d\.\d\d \[.+\] +\d+ % /m);
    await terminal.until(/^draft +2 +1 /m);
    await terminal.untilPrompt();
    const screen = terminal.screen().join("\n");
    expect(screen).not.toMatch(/measuring|warming|so far|stops after/);
    expect(terminal.coloured).toBe(true);
    await expectLeftAsFound(terminal, 0);
  });

  test("shows which earlier turn is answered, and a key ends that", async () => {
    const file = join(temporaryFolder(), "talk.jsonl");
    writeFileSync(file, '{"turns": ["Hi", "Ho", "Ha"]}\n');
    const terminal = openTerminal({ columns: 110, rows: 40 });
    const slow = "--engine fake --target fake:step=50,end=-1000 --max-tokens 60";
    terminal.enter(`specdec bench ${slow} --prompts ${file} --draft-len 0 --out none`);
    await terminal.until(/^answering earlier turns 1\/2/m);
    terminal.type("q");
    await terminal.until(/^error: interrupted$/m);
    await expectLeftAsFound(terminal, 130);
  });

  test("has no colours with NO_COLOR", async () => {
    const terminal = openTerminal({ columns: 110, rows: 40, env: { NO_COLOR: "1" } });
    terminal.enter(`${bench} --reps 1 --max-tokens 20`);
    await terminal.until(/^draft +2 +1 /m);
    const codes = terminal.output
      .split("\u001b[")
      .flatMap((part) => /^([\d;]*)m/.exec(part)?.[1]?.split(";") ?? []);
    expect(codes.filter((code) => /^(?:[349][0-7]|[34]8)$/.test(code))).toEqual([]);
    // The view has bold and dim text; the table has no styles at all.
    const table = terminal.output.slice(terminal.output.lastIndexOf("method"));
    expect(table).toMatch(/draft +2 +1 /);
    expect(table).not.toMatch(/\[[\d;]*m/);
  });

  test("prints a table on a narrow terminal too", async () => {
    const terminal = openTerminal({ columns: 60, rows: 60 });
    terminal.enter(`${bench} --reps 1 --max-tokens 20`);
    await terminal.until(/^draft +2 /m);
    await expectLeftAsFound(terminal, 0);
  });

  test.each([
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
  ])("stops at %s, prints what was finished and leaves nothing of the view", async (_, key) => {
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(`${bench} --reps 1000 --max-tokens 20`);
    await terminal.until(/^measuring · run [12]\d of/m);
    const { program, host } = await processesIn(terminal);
    terminal.type(key);
    await terminal.untilOutput("stopping after this run; Ctrl-C ends at once");
    await terminal.until(/^error: interrupted\nhint: The table holds what was finished\.$/m);
    await Promise.all([untilGone(program), untilGone(host)]);
    const screen = terminal.screen().join("\n");
    expect(screen).not.toMatch(/measuring|so far|stops after|stopping/);
    expect(screen).toMatch(/unfinished: \d+ of 4000 runs/);
    expect(screen).toMatch(/^draft +2 +1 /m);
    await expectLeftAsFound(terminal, 130);
  });

  test("ends at once at a second Ctrl-C, and leaves the terminal as it was", async () => {
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(
      "specdec bench --engine fake --target fake:step=3600000 --prompts hi --out none",
    );
    await terminal.until(/^warming up · run 1 of/m);
    const { program, host } = await processesIn(terminal);
    terminal.type("\u0003");
    await terminal.until(/^stopping after this run; Ctrl-C ends at once, without the results$/m);
    terminal.type("q\u0003");
    await Promise.all([untilGone(program), untilGone(host)]);
    await terminal.untilPrompt();
    expect(terminal.screen().join("\n")).not.toMatch(/warming|stopping/);
    await expectLeftAsFound(terminal, 130);
  });

  test("draws beside a table that goes into a file", async () => {
    const table = join(temporaryFolder(), "table.txt");
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(`${bench} --reps 1000 --max-tokens 20 > '${table}'`);
    await terminal.until(/^measuring · run [12]\d of/m);
    expect(terminal.coloured).toBe(true);
    terminal.type("q");
    await terminal.until(/^error: interrupted$/m);
    await expectLeftAsFound(terminal, 130);
    const text = readFileSync(table, "utf8");
    expect(text).toMatch(/^draft +2 +1 /m);
    expect(text).not.toContain("\u001b");
  });

  test("takes Ctrl-C where the keyboard is not its own", async () => {
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(`${bench} --reps 1000 --max-tokens 20 < /dev/null`);
    await terminal.until(/^measuring · run [12]\d of/m);
    await terminal.until(/^Ctrl-C stops after this run/m);
    terminal.type("\u0003");
    await terminal.until(/^error: interrupted\nhint: The table holds what was finished\.$/m);
    await expectLeftAsFound(terminal, 130);
  });

  test("goes on in the background, where it leaves the keyboard alone", async () => {
    const table = join(temporaryFolder(), "table.txt");
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(`${bench} --reps 1 --max-tokens 20 > '${table}' &`);
    terminal.enter("wait; echo all over");
    await terminal.until(/^all over$/m);
    expect(terminal.output).not.toContain("stops after this run");
    expect(readFileSync(table, "utf8")).toMatch(/^draft +2 +1 /m);
    await expectLeftAsFound(terminal, 0);
  });

  test("in CI prints no control sequences even where there is a terminal", async () => {
    const terminal = openTerminal({ columns: 110, rows: 40, env: { CI: "true", NO_COLOR: "1" } });
    terminal.enter(`${bench} --reps 1 --max-tokens 20`);
    await terminal.until(/^draft +2 +1 /m);
    expect(terminal.output).not.toContain("\u001b[2K");
  });
});

describe("tune on a terminal", () => {
  test("shows how far it is and what it measures, and stops at q", async () => {
    const terminal = openTerminal({ columns: 110, rows: 40 });
    terminal.enter(`specdec tune ${pair} --prompts hi there --reps 1000 --max-tokens 20`);
    await terminal.until(/^recording prompt [12] of 2 · \d+ s so far$/m);
    await terminal.until(/^measuring · run [12]\d of/m);
    await terminal.until(/^[› ] (?:drafter \S+, )?draft length \d.* +\d+ +\d+\.\d +×\d/m);
    terminal.type("q");
    await terminal.until(/^error: interrupted$/m);
    expect(terminal.screen().join("\n")).not.toMatch(/measuring|stopping/);
    await expectLeftAsFound(terminal, 130);
  });
});
