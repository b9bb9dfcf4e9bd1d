import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { fakePair, fakeTarget, specdec } from "../support/cli.ts";

/** @returns what a refused command line prints */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await specdec(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^error: .+\n(?:hint: .+\n)?$/);
  return stderr;
}

describe.concurrent("a command line without a run", () => {
  test.each([
    {
      args: [],
      says: "error: Name a command.\nhint: The commands are chat, generate, bench, compare, tune, doctor, models, heads, and completion. See specdec --help.\n",
    },
    {
      args: ["foo"],
      says: "error: there is no command foo\nhint: The commands are chat, generate, bench, compare, tune, doctor, models, heads, and completion. See specdec --help.\n",
    },
    {
      args: ["gen", "--target", "x", "hello"],
      says: "error: there is no command gen\nhint: The commands are chat, generate, bench, compare, tune, doctor, models, heads, and completion. See specdec --help.\n",
    },
    {
      args: ["generate", ...fakeTarget],
      says: "error: there is no prompt\nhint: Give it as the last argument, or - for stdin.\n",
    },
    {
      args: ["generate", ...fakeTarget, "write", "a haiku"],
      says: "error: too many arguments: a haiku\nhint: Put the prompt in quotes.\n",
    },
    {
      args: ["bench", ...fakeTarget, "hello"],
      says: "error: too many arguments: hello\nhint: See specdec bench --help.\n",
    },
  ])("specdec $args", async ({ args, says }) => {
    expect(await refusal(...args)).toBe(says);
  });
});

describe.concurrent("an unknown option is named as it was typed", () => {
  test.each([
    ["--bogus"],
    ["--max-token", "3"],
    ["--maxTokens", "3"],
    ["--no-temp"],
    ["--no-draft"],
    ["--temp.x", "3"],
    ["-x"],
    ["--bogus=3"],
  ])("generate %s", async (...option) => {
    const says = await refusal("generate", ...fakeTarget, "hello", ...option);
    const name = option[0]?.replace(/=.*/, "");
    expect(says).toBe(`error: unknown option ${name}\nhint: See specdec generate --help.\n`);
  });

  test("and a prompt that looks like one gets a hint", async () => {
    expect(await refusal("generate", ...fakeTarget, "-5 apples")).toBe(
      "error: unknown option -5\nhint: A prompt that begins with - goes after --.\n",
    );
  });
});

describe.concurrent("an option without its value", () => {
  test.each(["--target", "--temp", "--stop", "--engine"])("generate %s", async (option) => {
    expect(await refusal("generate", ...fakeTarget, "hello", option)).toBe(
      `error: ${option} needs a value\nhint: See specdec generate --help.\n`,
    );
  });

  test.each(["--out", "--draft-len"])("bench %s", async (option) => {
    expect(await refusal("bench", ...fakeTarget, option)).toBe(
      `error: ${option} needs a value\nhint: See specdec bench --help.\n`,
    );
  });

  test.each(["--target", "--draft"])("generate %s with an unset variable", async (option) => {
    expect(await refusal("generate", ...fakeTarget, "hello", option, "")).toBe(
      `error: ${option} is empty\nhint: Name a file; a shell variable may not be set.\n`,
    );
  });
});

describe.concurrent("generate names the option and its range for an impossible value of", () => {
  test.each([
    ["--temp", "x", "a number from 0 to 100"],
    ["--temp", "-1", "a number from 0 to 100"],
    ["--temp", "101", "a number from 0 to 100"],
    ["--threads", "-2", "a whole number from 0 to 1024"],
    ["--gpu-layers", "foo", "a whole number from 0 to 10000"],
    ["--ctx", "99999999999", "a whole number from 0 to 16777216"],
    ["--draft-len", "-1", "a whole number from 0 to 63, nor auto"],
    ["--draft-len", "1e9", "a whole number from 0 to 63, nor auto"],
    ["--draft-len", "a-b", "a whole number from 0 to 63, nor auto"],
    ["--draft-len", "64", "a whole number from 0 to 63, nor auto"],
    ["--draft-len", "1,2", "a whole number from 0 to 63, nor auto"],
    ["--top-k", "1.5", "a whole number from 0 to 1000000"],
    ["--top-k", "1000001", "a whole number from 0 to 1000000"],
    ["--tree-size", "64", "a whole number from 0 to 63"],
    ["--tree-size", "auto", "a whole number from 0 to 63"],
    ["--p-min", "1.1", "a number from 0 to 1"],
    ["--p-min", "0,0.4", "a number from 0 to 1"],
    ["--sampler-top-k", "-1", "a whole number from 0 to 1000000"],
    ["--top-p", "2", "a number from 0 to 1"],
    ["--min-p", "nan", "a number from 0 to 1"],
    ["--seed", "-1", "a whole number from 0 to 4294967295"],
    ["--seed", "0.5", "a whole number from 0 to 4294967295"],
    ["--max-tokens", "0", "a whole number from 1 to 16777216"],
    ["--max-tokens", "Infinity", "a whole number from 1 to 16777216"],
  ])("%s %s", async (option, value, range) => {
    expect(await refusal("generate", ...fakePair, "hello", option, value)).toBe(
      `error: ${option} ${value} is not ${range}\n`,
    );
  });

  test.each([
    [["--accept", "typical", "--typical-epsilon", "0"], "a number above 0, up to 1"],
    [["--accept", "typical", "--typical-delta", "2"], "a number above 0, up to 1"],
    [["--drafter", "ngram", "--ngram-min", "0"], "a whole number from 1 to 16"],
    [["--drafter", "ngram", "--ngram-max", "17"], "a whole number from 1 to 16"],
  ])("%j", async (flags, range) => {
    const [option, value] = flags.slice(-2);
    expect(await refusal("generate", ...fakePair, "hello", ...flags)).toBe(
      `error: ${option} ${value} is not ${range}\n`,
    );
  });

  test.each([
    ["--accept", "exact, typical"],
    ["--engine", "auto, libllama, node-llama-cpp"],
    ["--gpu", "auto, off, cuda, vulkan, metal"],
    ["--flash-attn", "auto, on, off"],
  ])("%s foo", async (option, choices) => {
    expect(await refusal("generate", ...fakePair, "hello", option, "foo")).toContain(
      `error: ${option} foo is none of ${choices}\n`,
    );
  });
});

const axisHint =
  "hint: Write 1,2,4 or 1-8 or 1-9+2 (step) or 1-16*2 (factor), or several by comma.\n";

describe.concurrent("bench names the option and its range for an impossible value of", () => {
  test.each([
    ["--draft-len", "-1", 'takes whole numbers from 0 to 63 or auto, not "-1"'],
    ["--draft-len", "1e9", 'takes whole numbers from 0 to 63 or auto, not "1e9"'],
    ["--draft-len", "a-b", 'takes whole numbers from 0 to 63 or auto, not "a-b"'],
    ["--draft-len", "1-64", 'takes whole numbers from 0 to 63 or auto, not "1-64"'],
    ["--draft-len", "1,,2", 'takes whole numbers from 0 to 63 or auto, not ""'],
    ["--draft-len", "1,aut", 'takes whole numbers from 0 to 63 or auto, not "aut"'],
    ["--top-k", "1000001", 'takes whole numbers from 0 to 1000000, not "1000001"'],
    ["--tree-size", "auto", 'takes whole numbers from 0 to 63, not "auto"'],
    ["--p-min", "0,1.5", 'takes numbers from 0 to 1, not "1.5"'],
    ["--top-k", "0.5", 'takes whole numbers from 0 to 1000000, not "0.5"'],
    ["--temp", "x", 'takes numbers from 0 to 100, not "x"'],
  ])("%s %s", async (option, value, range) => {
    expect(await refusal("bench", ...fakePair, option, value)).toBe(
      `error: ${option} ${range}\n${axisHint}`,
    );
  });

  test("an axis that runs backwards", async () => {
    expect(await refusal("bench", ...fakePair, "--draft-len", "8-1")).toBe(
      `error: --draft-len: 8-1 runs backwards\n${axisHint}`,
    );
  });

  test.each([
    ["--reps", "0", "a whole number from 1 to 1000"],
    ["--warmup", "-1", "a whole number from 0 to 100"],
    ["--max-tokens", "x", "a whole number from 1 to 16777216"],
    ["--seed", "x", "a whole number from 0 to 4294967295"],
    ["--top-p", "-0.1", "a number from 0 to 1"],
  ])("%s %s", async (option, value, range) => {
    expect(await refusal("bench", ...fakePair, option, value)).toBe(
      `error: ${option} ${value} is not ${range}\n`,
    );
  });

  test("--format xml", async () => {
    expect(await refusal("bench", ...fakePair, "--format", "xml")).toContain(
      "error: --format xml is none of table, json, markdown, csv, benchmark-action\n",
    );
  });
});

const twoWays = "hint: Name one with --draft FILE, or draft without a model: --drafter ngram.\n";

describe.concurrent.each(["generate", "bench"])("%s refuses flags that contradict", (command) => {
  const prompt = command === "generate" ? ["hello"] : [];

  test.each([
    [["--draft-len", "2"], `error: --draft-len needs a draft model\n${twoWays}`],
    [["--draft-len", "auto"], `error: --draft-len needs a draft model\n${twoWays}`],
    [["--drafter", "draft"], `error: --drafter draft needs a draft model\n${twoWays}`],
    [["--drafter", "ngram,draft"], `error: --drafter draft needs a draft model\n${twoWays}`],
  ])("%j without a draft model", async (flags, says) => {
    expect(await refusal(command, ...fakeTarget, ...flags, ...prompt)).toBe(says);
  });

  const drafters =
    "--drafter takes draft; ngram; ngram,draft; draft,ngram; heads; ngram,heads; heads,ngram; none.";
  test.each([
    [
      ["--drafter", "ngrm"],
      `error: there is no drafter "ngrm"\nhint: Did you mean ngram? ${drafters}\n`,
    ],
    [["--drafter", "draft,medusa"], `error: there is no drafter "medusa"\nhint: ${drafters}\n`],
    [
      ["--drafter", "none,draft"],
      "error: --drafter none,draft: none goes with no other\nhint: Leave none out, or give it alone for plain decoding.\n",
    ],
    [
      ["--drafter", "ngram,ngram"],
      "error: --drafter ngram,ngram names a drafter twice\nhint: Name each one once.\n",
    ],
    [
      ["--drafter", "none", "--draft-len", "2"],
      "error: --drafter none drafts nothing, and --draft-len 2 asks for drafts\nhint: Leave one of them out.\n",
    ],
    [
      ["--draft-len", "4", "--tree-size", "2"],
      "error: --tree-size 2 is below --draft-len 4\nhint: Raise --tree-size, lower --draft-len, or give --tree-size 0 for a chain.\n",
    ],
    [
      ["--typical-epsilon", "0.1"],
      "error: --typical-epsilon needs --accept typical\nhint: Give both, or leave it out.\n",
    ],
    [
      ["--accept", "exact", "--typical-delta", "0.1"],
      "error: --typical-delta needs --accept typical\nhint: Give both, or leave it out.\n",
    ],
    [
      ["--ngram-min", "2"],
      "error: --ngram-min needs the drafter ngram\nhint: Give --drafter ngram, or leave it out.\n",
    ],
    [
      ["--drafter", "ngram", "--ngram-min", "6"],
      "error: --ngram-min 6 is above --ngram-max 5\nhint: Lower the one or raise the other.\n",
    ],
  ])("%j", async (flags, says) => {
    expect(await refusal(command, ...fakePair, ...flags, ...prompt)).toBe(says);
  });
});

describe.concurrent("a word that is no command of a command", () => {
  test.each([
    ["models", "list, pull, inspect, check, and rm"],
    ["heads", "info and features"],
  ])("%s", async (command, names) => {
    expect(await refusal(command, "foo")).toBe(
      `error: there is no command ${command} foo\nhint: The commands are ${names}. See specdec ${command} --help.\n`,
    );
  });

  test("more words than a command takes are another mistake", async () => {
    expect(await refusal("models", "list", "foo")).toContain("error: too many arguments: foo\n");
  });

  test("an option alone names no command", async () => {
    const text = await refusal("--foo");
    expect(text).toMatch(
      /^error: --foo without a command says nothing\nhint: The commands are chat, /,
    );
  });
});

test("threads beyond what the machine bears are refused", async () => {
  const text = await refusal("generate", ...fakePair, "hello", "--threads", "1024");
  const cores = availableParallelism();
  if (cores >= 128) return;
  expect(text).toContain(`is more than 8 for each of this machine's cores, ${cores}\n`);
});

test("a report's file says how it is written", async () => {
  const text = await refusal("bench", ...fakePair, "--out", "report.foo");
  expect(text).toBe(
    "error: --out report.foo ends in none of .json, .md, .csv\n" +
      "hint: Name the file with one of them, or say which format it has with --format.\n",
  );
});
