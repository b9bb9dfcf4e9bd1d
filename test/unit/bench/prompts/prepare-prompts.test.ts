import { describe, expect, it } from "vitest";
import { planBench } from "../../../../src/bench/plan.ts";
import {
  type PrepareHooks,
  preparePrompts,
} from "../../../../src/bench/prompts/prepare-prompts.ts";
import type { BenchPrompt, BenchSettings } from "../../../../src/bench/report.ts";
import { runBench } from "../../../../src/bench/runner.ts";
import type { Pair } from "../../../../src/engine/pair.ts";
import { benchSettings, created, environment } from "../support/settings.ts";
import { perfectDraft, virtualPair } from "../support/virtual-pair.ts";

const user = (content: string) => ({ role: "user", content }) as const;
const assistant = (content: string) => ({ role: "assistant", content }) as const;

/** A conversation of three turns, and an ordinary prompt. */
const prompts: BenchPrompt[] = [
  { id: "81", category: "writing", prompt: "Write." },
  { id: "81#2", category: "writing", prompt: "Shorten.", history: [user("Write.")], turn: 2 },
  {
    ...{ id: "81#3", category: "writing", prompt: "Again.", turn: 3 },
    history: [user("Write."), user("Shorten.")],
  },
  { id: "own", category: "chat", prompt: "Hi" },
];

async function prepare(
  pair: Pair,
  changes: Partial<BenchSettings>,
  hooks: Partial<PrepareHooks> = {},
) {
  const plan = planBench(benchSettings({ prompts, ...changes }));
  return { plan, prepared: await preparePrompts(pair, plan, { skipTooLong: false, ...hooks }) };
}

describe("later turns", () => {
  it("follow the texts of plain decoding at temperature 0, in every cell", async () => {
    const pair = await virtualPair({ draft: perfectDraft });
    const { plan, prepared } = await prepare(pair, { temperatures: [0, 0.8], repetitions: 2 });
    expect(pair.requests).toHaveLength(2);
    expect(pair.requests.every(({ draftLength }) => draftLength === 0)).toBe(true);
    const ready = prepared?.prompts ?? [];
    const bench = { ...plan, settings: { ...plan.settings, prompts: [...ready] } };
    const report = await runBench(pair, bench, { environment, created });
    const plain = report.cells.find(({ id }) => id === "plain-t0")?.samples ?? [];
    const texts = new Map(plain.map(({ prompt, text }) => [prompt, text]));
    const [first, second] = [texts.get("81") ?? "", texts.get("81#2") ?? ""];
    expect(first).not.toBe("");
    expect(ready.map(({ id, history, turn }) => ({ id, history, turn }))).toEqual([
      { id: "81", history: undefined, turn: undefined },
      { id: "81#2", history: [user("Write."), assistant(first)], turn: 2 },
      {
        ...{ id: "81#3", turn: 3 },
        history: [user("Write."), assistant(first), user("Shorten."), assistant(second)],
      },
      { id: "own", history: undefined, turn: undefined },
    ]);
    const asked = pair.requests
      .slice(2)
      .map(({ prompt }) => (prompt.type === "chat" ? prompt.messages : []))
      .filter((messages) => messages.at(-1)?.content === "Again.");
    expect(asked).toHaveLength(report.cells.length * 2);
    expect(new Set(asked.map((messages) => JSON.stringify(messages))).size).toBe(1);
  });

  it("follow answers within the limit of the turn before", async () => {
    const limited = prompts.map((each) => ({ ...each, maxTokens: 4 }));
    const pair = await virtualPair();
    const { prepared } = await prepare(pair, {
      prompts: limited,
      drafters: ["none"],
      draftLengths: [0],
    });
    expect(pair.requests.map(({ maxTokens }) => maxTokens)).toEqual([4, 4]);
    expect(prepared?.prompts[1]?.history?.[1]?.content).toHaveLength(4);
  });

  it("are one text without a chat template", async () => {
    const pair = await virtualPair();
    await prepare(pair, { raw: true, drafters: ["none"], draftLengths: [0] });
    const [first, second] = pair.requests.map(({ prompt }) => prompt);
    expect(first).toEqual({ type: "text", text: "Write." });
    expect(second).toMatchObject({ text: expect.stringMatching(/^Write\.\n\n.+\n\nShorten\.$/s) });
  });

  it("are told of as they are answered, and Ctrl-C ends that", async () => {
    const steps: string[] = [];
    const [now, soon] = [new AbortController(), new AbortController()];
    const pair = await virtualPair({ draft: perfectDraft });
    const onStep = (step: string) => {
      steps.push(step);
      soon.abort();
    };
    const { prepared } = await prepare(pair, {}, { onStep, stop: soon.signal });
    expect(prepared).toBeUndefined();
    expect(steps).toEqual(["answering earlier turns 1/2"]);
    now.abort();
    expect((await prepare(pair, {}, { signal: now.signal })).prepared).toBeUndefined();
    expect(pair.requests).toHaveLength(1);
  });

  it("run to no end where the signal stops an answer", async () => {
    const stop = new AbortController();
    const pair = await virtualPair({
      draft: perfectDraft,
      onEvent: (event) => {
        if (event.type === "first-token") stop.abort();
        return event;
      },
    });
    expect((await prepare(pair, {}, { signal: stop.signal })).prepared).toBeUndefined();
  });
});

describe("prompts that do not fit", () => {
  const long = (id: string, length: number) => ({
    id,
    category: "chat",
    prompt: "x".repeat(length),
  });
  // "<begin>U: …\nA:" has 7 tokens beside the prompt's.
  const mixed = [long("a", 200), long("edge", 92), long("b", 93), long("c", 30)];

  it("are refused all at once, by name", async () => {
    const pair = await virtualPair({ contextSize: 100, draft: perfectDraft });
    await expect(prepare(pair, { prompts: mixed })).rejects.toMatchObject({
      code: "prompt-too-long",
      message: "2 prompts do not fit the context of 100 tokens: a (207 tokens), b (100 tokens)",
      hint: expect.stringContaining("--skip-too-long"),
      exitCode: 3,
    });
    expect(pair.requests).toEqual([]);
  });

  it("are left out by --skip-too-long, with a warning that names them", async () => {
    const pair = await virtualPair({ contextSize: 100, draft: perfectDraft });
    const { prepared } = await prepare(pair, { prompts: mixed }, { skipTooLong: true });
    expect(prepared?.prompts.map(({ id }) => id)).toEqual(["edge", "c"]);
    expect(prepared?.warnings).toMatchObject([
      {
        code: "prompts-left-out",
        text: "2 prompts do not fit the context of 100 tokens: a (207 tokens), b (100 tokens): left out",
      },
    ]);
  });

  it("are refused where none is left", async () => {
    const pair = await virtualPair({ contextSize: 100, draft: perfectDraft });
    const all = { prompts: [long("a", 200)] };
    await expect(prepare(pair, all, { skipTooLong: true })).rejects.toMatchObject({
      message: "no prompt is left: 1 prompt does not fit the context of 100 tokens: a (207 tokens)",
      exitCode: 3,
    });
  });

  it("take the turns after them along", async () => {
    const pair = await virtualPair({ contextSize: 40, draft: perfectDraft });
    const { prepared } = await prepare(pair, { maxTokens: 16 }, { skipTooLong: true });
    expect(prepared?.prompts.map(({ id }) => id)).toEqual(["81", "own"]);
    expect(prepared?.warnings[0]?.text).toMatch(/: 81#2 \(\d+ tokens\), 81#3: left out$/);
  });

  it("are named where there are many", async () => {
    const pair = await virtualPair({ contextSize: 100, draft: perfectDraft });
    const many = Array.from({ length: 250 }, (_, i) => long(`p${i}`, 200));
    const steps: string[] = [];
    const wanted = prepare(pair, { prompts: many }, { onStep: (step) => steps.push(step) });
    await expect(wanted).rejects.toThrow(
      /^250 prompts do not fit .* p19 \(207 tokens\) and 230 more$/,
    );
    expect(steps).toEqual(["reading prompts 100/250", "reading prompts 200/250"]);
  });

  it("may be too long for the draft model alone", async () => {
    const base = await virtualPair({ draft: perfectDraft });
    const draft = { ...base.info.target, trainedContext: 50 };
    const pair = { ...base, info: { ...base.info, draft } };
    await expect(prepare(pair, { prompts: [long("a", 60)] })).rejects.toThrow(
      "context of 50 tokens",
    );
    const plain = { prompts: [long("a", 60)], drafters: ["none" as const], draftLengths: [0] };
    expect((await prepare(pair, plain)).prepared?.prompts).toHaveLength(1);
  });
});
