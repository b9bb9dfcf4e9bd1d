import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { GenerateEvent } from "../../src/decoding/events.ts";
import { fakePair, fakeTarget, specdec } from "../support/cli.ts";
import { takeApart } from "../support/collect.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** @returns the text of a run that must go well */
async function textOf(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await specdec(["generate", ...args]);
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^\d+ tokens, /),
  });
  return stdout;
}

/** @returns the events of a run that must go well, one from each line */
async function eventsOf(...args: readonly string[]): Promise<GenerateEvent[]> {
  const lines = (await textOf("--json", ...args)).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as GenerateEvent);
}

async function runOf(...args: readonly string[]) {
  return takeApart(await eventsOf(...args));
}

/** Hot enough to tell two seeds apart, and a draft that is used. */
const hot = [...fakePair, "--temp", "2", "--sampler-top-k", "0", "--top-p", "1", "--min-p", "0"];

describe.concurrent("what is printed", () => {
  test("is the text on stdout and one line of figures on stderr", async () => {
    const { stdout, stderr } = await specdec(["generate", ...fakePair, "--max-tokens", "12", "hi"]);
    expect(stdout).toMatch(/^\S.*\n$/);
    expect(stderr).toMatch(
      /^12 tokens, stopped at --max-tokens; prefill \d+ tokens in [\d.]+ s; [\d.]+ tokens\/s; acceptance \d+ %; α \d+ %; τ \d\.\d\d; draft\/verify\/overhead \d+\/\d+\/\d+ %\n$/,
    );
  });

  test("has no figures of drafting where nothing was drafted", async () => {
    const { stderr } = await specdec(["generate", ...fakeTarget, "--max-tokens", "12", "hi"]);
    expect(stderr).toMatch(/^12 tokens, [^;]+; prefill [^;]+; [\d.]+ tokens\/s\n$/);
  });

  test("with --json is one event a line, from the prefill to the end", async () => {
    const events = await eventsOf(...fakePair, "--max-tokens", "12", "hi");
    expect(events[0]).toMatchObject({ type: "prefill", model: "target" });
    expect(events.at(-1)).toMatchObject({ type: "done", reason: "length" });
    expect(takeApart(events).tokens).toHaveLength(12);
  });

  test("with --json holds the same text as without", async () => {
    const args = [...fakePair, "--max-tokens", "40", "hi"];
    expect(`${(await runOf(...args)).text}\n`).toBe(await textOf(...args));
  });

  test("tells how a text ended by itself", async () => {
    const target = ["--engine", "fake", "--target", "fake:end=4"];
    const { stderr } = await specdec(["generate", ...target, "hi"]);
    expect(stderr).toMatch(/^\d+ tokens, finished;/);
  });
});

describe.concurrent("drafting", () => {
  test("at temperature 0 leaves the text as it is, whatever its length", async () => {
    const args = [...fakePair, "--max-tokens", "60", "hi"];
    const plain = await textOf("--draft-len", "0", ...args);
    expect(await textOf("--draft-len", "4", ...args)).toBe(plain);
    expect(await textOf("--draft-len", "63", ...args)).toBe(plain);
  });

  test("drafts four tokens unless --draft-len says otherwise", async () => {
    const longest = async (...args: string[]): Promise<number> => {
      const { rounds } = await runOf(...fakePair, ...args, "--max-tokens", "40", "hi");
      return Math.max(...rounds.map(({ drafted }) => drafted.length));
    };
    expect(await longest()).toBe(4);
    expect(await longest("--draft-len", "2")).toBe(2);
    expect(await longest("--draft-len", "0")).toBe(0);
  });

  test("--top-k 1 leaves the draft no choice", async () => {
    const { rounds } = await runOf(
      ...hot,
      "--top-k",
      "1",
      "--seed",
      "1",
      "--max-tokens",
      "20",
      "hi",
    );
    const q = rounds.flatMap(({ drafted }) => drafted.map((each) => each.q));
    expect(new Set(q)).toEqual(new Set([1]));
  });

  test("--top-k 0 leaves it every choice", async () => {
    const { rounds } = await runOf(
      ...hot,
      "--top-k",
      "0",
      "--seed",
      "1",
      "--max-tokens",
      "20",
      "hi",
    );
    const q = rounds.flatMap(({ drafted }) => drafted.map((each) => each.q));
    expect(Math.min(...q)).toBeLessThan(0.1);
  });
});

describe.concurrent("ways of drafting", () => {
  const args = [...fakePair, "--max-tokens", "60"];
  const prompt = "one two one two one two";
  const draftsOf = async (...flags: string[]) =>
    (await runOf(...flags, ...args, prompt)).rounds.map(({ drafted }) => drafted);

  test.each([
    [["--drafter", "draft"]],
    [["--drafter", "ngram"]],
    [["--drafter", "ngram,draft"]],
    [["--drafter", "draft,ngram"]],
    [["--drafter", "none"]],
    [["--drafter", "ngram", "--ngram-min", "1", "--ngram-max", "8"]],
    [["--draft-len", "auto"]],
    [["--draft-len", "auto", "--top-k", "3"]],
    [["--top-k", "3"]],
    [["--top-k", "3", "--tree-size", "9", "--p-min", "0.1"]],
    [["--p-min", "1"]],
  ])("%j at temperature 0 give the text of plain decoding", async (flags) => {
    expect(await textOf(...flags, ...args, prompt)).toBe(
      await textOf("--draft-len", "0", ...args, prompt),
    );
  });

  test("--drafter ngram drafts what the text has said before, with no draft model", async () => {
    const flags = [...fakeTarget, "--drafter", "ngram", "--max-tokens", "60", "--ngram-min", "1"];
    const { rounds } = await runOf(...flags, prompt);
    expect(Math.max(...rounds.map(({ drafted }) => drafted.length))).toBe(4);
  });

  test("--drafter none drafts nothing", async () => {
    expect((await draftsOf("--drafter", "none")).flat()).toEqual([]);
  });

  test("--tree-size is how many tokens go to the target, --draft-len how deep", async () => {
    const drafts = await draftsOf("--draft-len", "2", "--top-k", "3", "--tree-size", "6");
    expect(Math.max(...drafts.map((drafted) => drafted.length))).toBe(6);
    const roots = drafts.map((drafted) => drafted.filter(({ parent }) => parent < 0).length);
    expect(Math.max(...roots)).toBe(3);
    const deep = drafts.flatMap((drafted) =>
      drafted.filter(({ parent }) => (drafted[parent]?.parent ?? -1) >= 0),
    );
    expect(deep).toEqual([]);
  });

  test("--tree-size 0 is a chain whatever --top-k says", async () => {
    const drafts = await draftsOf("--top-k", "3", "--tree-size", "0", "--temp", "1");
    for (const drafted of drafts) {
      expect(drafted.map(({ parent }) => parent)).toEqual(drafted.map((_, i) => i - 1));
    }
  });

  test("--p-min stops a draft that is not probable enough", async () => {
    const count = async (pMin: string) => (await draftsOf("--p-min", pMin)).flat().length;
    expect(await count("0.3")).toBeLessThan(await count("0"));
  });

  test("--draft-len auto says in the events and in the figures what it chose", async () => {
    const { stderr } = await specdec(["generate", "--draft-len", "auto", ...args, prompt]);
    expect(stderr).toMatch(/; auto drafts \d+\.\d on average\n$/);
    const { rounds } = await runOf("--draft-len", "auto", ...args, prompt);
    for (const { plan } of rounds) expect(plan).toMatchObject({ size: expect.any(Number) });
  });

  test("--accept typical says how lossy it was", async () => {
    const typical = ["--accept", "typical", "--typical-epsilon", "0.01", "--typical-delta", "0.9"];
    const { stderr } = await specdec([
      ...["generate", ...hot, ...typical, "--seed", "1", "--max-tokens", "60", "hi"],
    ]);
    const [, share] =
      /; lossy: (\d+) % of tokens are not the exact rule's; seed 1\n$/.exec(stderr) ?? [];
    expect(Number(share)).toBeGreaterThan(0);
  });

  test.each([
    [
      ["--accept", "typical"],
      "warning: --accept typical is the exact rule at temperature 0\n" +
        "hint: Raise --temp above 0 to accept what is typical.\n",
    ],
    [
      ["--tree-size", "8"],
      "warning: --tree-size 8 cannot act where one candidate stays, as with --top-k 1: a chain\n" +
        "hint: Give --top-k 2 or more for a tree.\n",
    ],
    [
      ["--draft-len", "auto", "--p-min", "0.5"],
      "warning: --p-min 0.5 cannot act with --draft-len auto, which chooses itself how probable a draft must be\n" +
        "hint: Give draft lengths as numbers to see what --p-min does.\n",
    ],
  ])("%j runs with a warning", async (flags, says) => {
    const { code, stderr } = await specdec(["generate", ...flags, ...args, "hi"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: /);
    expect(stderr.slice(0, says.length)).toBe(says);
  });
});

describe.concurrent("sampling", () => {
  const sample = (...args: string[]) => textOf(...hot, "--max-tokens", "30", ...args, "hi");

  test("repeats itself with the same seed, and not with another", async () => {
    const first = await sample("--seed", "7");
    expect(await sample("--seed", "7")).toBe(first);
    expect(await sample("--seed", "8")).not.toBe(first);
  });

  test("names the seed that it chose, and repeats with it", async () => {
    const args = ["generate", ...hot, "--max-tokens", "30", "hi"];
    const { stdout, stderr } = await specdec(args);
    const seed = /; seed (\d+)\n$/.exec(stderr)?.[1] ?? "";
    expect(await sample("--seed", seed)).toBe(stdout);
  });

  test("--temp 0 says no seed, for there is no chance", async () => {
    const { stderr } = await specdec(["generate", ...fakePair, "--max-tokens", "3", "hi"]);
    expect(stderr).not.toContain("seed");
  });

  test.each([
    ["--sampler-top-k", "1"],
    ["--top-p", "0"],
    ["--min-p", "1"],
  ])("%s %s leaves the likeliest token alone", async (option, value) => {
    const greedy = await textOf(...fakePair, "--max-tokens", "30", "hi");
    expect(await sample("--seed", "7")).not.toBe(greedy);
    expect(await sample("--seed", "7", option, value)).toBe(greedy);
  });
});

describe.concurrent("the end", () => {
  test("--max-tokens 1 gives one token and decodes nothing", async () => {
    const { tokens, rounds } = await runOf(...fakePair, "--max-tokens", "1", "hi");
    expect(tokens).toHaveLength(1);
    expect(rounds).toEqual([]);
  });

  test("--stop ends before a text that spans tokens, within a draft or not", async () => {
    const args = [...fakePair, "--max-tokens", "40", "hi"];
    const whole = await textOf(...args);
    // Every token is a character at most.
    const stop = whole.slice(12, 16);
    const expected = `${whole.slice(0, whole.indexOf(stop))}\n`;
    expect(await textOf("--stop", stop, ...args)).toBe(expected);
    expect(await textOf("--stop", stop, "--draft-len", "0", ...args)).toBe(expected);
    const { stderr } = await specdec(["generate", "--stop", stop, ...args]);
    expect(stderr).toMatch(/^\d+ tokens, stopped at a stop text;/);
  });

  test("--stop can be given twice and leaves the prompt alone", async () => {
    const args = [...fakePair, "--max-tokens", "40"];
    const whole = await textOf(...args, "hi");
    const [late, early] = [whole.slice(20, 23), whole.slice(5, 8)];
    expect(await textOf(...args, "--stop", late, "--stop", early, "hi")).toBe(
      `${whole.slice(0, whole.indexOf(early))}\n`,
    );
  });

  test("a full context ends the text and is told", async () => {
    const run = await specdec(["generate", ...fakePair, "--ctx", "20", "hi"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/^\d+ tokens, stopped, the context is full;/);
  });
});

/** @returns the tokens of a prompt */
async function prompt(args: readonly string[], stdin?: string): Promise<number> {
  const { code, stdout } = await specdec(
    ["generate", "--json", "--max-tokens", "1", ...args],
    stdin === undefined ? {} : { stdin },
  );
  expect(code).toBe(0);
  return (JSON.parse(stdout.split("\n")[0] ?? "") as { total: number }).total;
}

describe("a chat template", () => {
  test("may be another, with its variables", async () => {
    const source = "{{ messages[0].content }}{% if enable_thinking %}<think>{% endif %}";
    const file = join(temporaryFolder(), "mine.jinja");
    writeFileSync(file, source);
    const args = [...fakeTarget, "--chat-template", file];
    expect(await prompt([...args, "hello"])).toBe(1 + 5);
    expect(await prompt([...args, "--thinking", "on", "hello"])).toBe(1 + 5 + 7);
    const kwargs = ["--chat-template-kwargs", '{"enable_thinking": true}'];
    expect(await prompt([...args, ...kwargs, "hello"])).toBe(1 + 5 + 7);
    const bare = ["--engine", "fake", "--target", "fake:template=0", "--chat-template", file];
    expect(await prompt([...bare, "hello"])).toBe(1 + 5);
  });

  test("that refuses the prompt, or that does not end, is an error", async () => {
    const folder = temporaryFolder();
    const refusals = {
      "no.jinja": ["{{ raise_exception('only in verse') }}", "only in verse"],
      "endless.jinja": [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "it did not end within 3 s",
      ],
    };
    for (const [name, [source, reason]] of Object.entries(refusals)) {
      const file = join(folder, name);
      writeFileSync(file, source ?? "");
      const run = await specdec(["generate", ...fakeTarget, "--chat-template", file, "hello"]);
      expect(run.code).toBe(3);
      expect(run.stderr).toContain(
        `error: the chat template ${file} cannot be rendered: ${reason}\nhint: Use --raw`,
      );
    }
  });

  test.each([
    [["--chat-template", "chatml"], "--chat-template chatml is one of llama.cpp's formats"],
    [["--raw", "--thinking", "on"], "--raw and --thinking cannot be combined"],
    [["--chat-template-kwargs", "x"], "--chat-template-kwargs x is no JSON object"],
    [["--thinking", "maybe"], "--thinking maybe is none of on, off"],
  ])("%j is refused", async (args, message) => {
    const run = await specdec(["generate", ...fakeTarget, ...args, "hello"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(`error: ${message}`);
  });
});

describe.concurrent("the prompt", () => {
  const template = "U: \nA:".length + 1;

  test("goes into the chat template, and with --raw as it stands", async () => {
    expect(await prompt([...fakeTarget, "hello"])).toBe(template + 5);
    expect(await prompt([...fakeTarget, "--raw", "hello"])).toBe(1 + 5);
  });

  test("of a model without a template goes in as it stands", async () => {
    const target = ["--engine", "fake", "--target", "fake:template=0"];
    expect(await prompt([...target, "hello"])).toBe(1 + 5);
  });

  test("comes from stdin with -", async () => {
    expect(await prompt([...fakeTarget, "-"], "hello")).toBe(template + 5);
  });

  test("may begin with - after --", async () => {
    expect(await prompt([...fakeTarget, "--", "-5 apples"])).toBe(template + 9);
  });

  test.each([
    ["empty", ""],
    ["blank", "  \n\t "],
  ])("may not be %s", async (_, text) => {
    const says = {
      code: 2,
      stdout: "",
      stderr: "error: the prompt is empty\nhint: Give some text, or - to read it from stdin.\n",
    };
    expect(await specdec(["generate", ...fakeTarget, text])).toMatchObject(says);
    expect(await specdec(["generate", ...fakeTarget, "-"], { stdin: text })).toMatchObject(says);
  });

  test("that is longer than the context is refused with both sizes", async () => {
    expect(await specdec(["generate", ...fakePair, "--ctx", "20", "a".repeat(30)])).toEqual({
      code: 3,
      signal: null,
      stdout: "",
      stderr:
        "error: the prompt has 37 tokens, and the context holds 20\n" +
        "hint: Shorten the prompt, or ask for a larger context with --ctx.\n",
    });
  });

  test("of 100 kB is refused with both sizes, from stdin as from an argument", async () => {
    const text = "All work and no play. ".repeat(4600);
    const says = {
      code: 3,
      stdout: "",
      stderr: expect.stringMatching(
        /^error: the prompt has 101207 tokens, and the context holds 4096\nhint: .+\n$/,
      ),
    };
    // One argument holds 128 KiB at most on Linux.
    expect(await specdec(["generate", ...fakePair, text])).toMatchObject(says);
    expect(await specdec(["generate", ...fakePair, "-"], { stdin: text })).toMatchObject(says);
  });

  test("of 20 kB runs where the context holds it", async () => {
    const args = [...fakeTarget, "--raw", "--ctx", "32768", "-"];
    expect(await prompt(args, "x".repeat(20_000))).toBe(20_001);
  });
});

describe.concurrent("a pair", () => {
  test("with different vocabularies is refused before weights load, naming tokens", async () => {
    const load = "load=3600000";
    const args = [
      "--engine",
      "fake",
      "--target",
      `fake:${load}`,
      "--draft",
      `fake:shift=3,${load}`,
    ];
    expect(await specdec(["generate", ...args, "hi"])).toEqual({
      code: 3,
      signal: null,
      stdout: "",
      stderr:
        `error: fake:${load} and fake:shift=3,${load} do not share a vocabulary: 100 of 105 tokens differ; ` +
        'token 2 is " " and "#"; token 3 is "!" and "$"; token 4 is "\\"" and "%"\n' +
        "hint: Take a draft model of the target's own family.\n",
    });
  });

  test("may name an option twice: the last one counts", async () => {
    const args = [...fakePair, "--max-tokens", "3", "hi"];
    expect((await runOf("--max-tokens", "9", ...args)).tokens).toHaveLength(3);
  });
});
