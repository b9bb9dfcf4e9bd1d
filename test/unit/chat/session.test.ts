import { describe, expect, test, vi } from "vitest";
import type { ChatPair } from "../../../src/chat/session-options.ts";
import { environmentError } from "../../../src/errors.ts";
import {
  answerOf,
  endless,
  fail,
  pairInfo,
  scriptedPair,
  testSession,
} from "../../support/chat.ts";

const crashed = () => environmentError("host-crashed", "the engine host ended", "See its log.");

/** A session whose pair is loaded. */
async function started(...args: Parameters<typeof testSession>) {
  const session = testSession(...args);
  session.start();
  await session.settled();
  return session;
}

describe("control tokens in a raw conversation", () => {
  const answering = () => scriptedPair(() => answerOf("fine"));
  const warnings = (session: Awaited<ReturnType<typeof started>>) =>
    session.lines().filter((line) => line.includes("control tokens"));

  test("that a message spells are told of once, where they stay plain text", async () => {
    const session = await started(answering(), { raw: true });
    await session.enter("say <end> please");
    await session.enter("and now?");
    expect(warnings(session)).toEqual([
      expect.stringContaining(
        "control tokens spelled in the message are read as plain text: <end>",
      ),
    ]);
  });

  test("in the system message count with the first one", async () => {
    const session = await started(answering(), { raw: true, system: "<begin>" });
    await session.enter("hello");
    expect(warnings(session)).toHaveLength(1);
  });

  test("are read with --special", async () => {
    const pair = answering();
    const session = await started(pair, { raw: true, special: true });
    await session.enter("say <end> please");
    await session.enter("/reset");
    await session.enter("<end>");
    expect(warnings(session)).toEqual([]);
    expect(pair.requests.map(({ prompt }) => prompt)).toEqual([
      { type: "text", text: "say <end> please\n", special: true },
      { type: "text", text: "<end>\n", special: true },
    ]);
  });

  test("are no matter in a chat template, which is said of the setting", async () => {
    const session = await started(answering(), { special: true });
    await session.enter("say <end> please");
    expect(warnings(session)).toEqual([]);
    expect(session.lines()[0]).toContain('"special" does nothing');
  });
});

describe("answers", () => {
  test("one after the other, each with all that was said before", async () => {
    const pair = scriptedPair(() => answerOf("one two"));
    const session = await started(pair);
    await session.enter("a");
    await session.enter("b");
    expect(session.lines()).toMatchInlineSnapshot(`
      [
        "> a",
        "one two",
        "= 2 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00",
        "> b",
        "one two",
        "= 2 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00",
      ]
    `);
    expect(pair.requests[1]).toMatchObject({ seed: 8, draftLength: 4, eventsEveryMs: 80 });
    expect(pair.requests[1]?.prompt).toMatchObject({ messages: [{}, { content: "one two" }, {}] });
    expect(session.history).toEqual(['"a"\n', '"b"\n']);
  });

  test("stopped in the middle, what was said stays and the next one works", async () => {
    const session = await started(
      scriptedPair(({ prompt }) =>
        JSON.stringify(prompt).includes('"b"') ? answerOf("x") : endless(),
      ),
    );
    session.dispatch({ type: "submit", text: "a" });
    await session.until(({ phase }) => phase.type === "running" && phase.run.text.length > 20);
    session.press("escape");
    await session.settled();
    const [turn] = session.getState().conversation.turns;
    expect(turn?.answer?.text).toMatch(/^(?:word )+$/);
    expect(session.lines().at(-1)).toMatch(/; stopped$/);
    await session.enter("b");
    expect(session.getState().conversation.turns[1]?.answer?.text).toBe("x");
  });

  test("stopped at once, before anything was asked of the pair", async () => {
    const pair = scriptedPair(endless);
    const session = await started(pair);
    session.dispatch({ type: "submit", text: "a" });
    session.press("escape");
    await session.settled();
    expect(pair.requests).toEqual([]);
    expect(session.getState()).toMatchObject({ phase: { type: "idle" }, editor: { text: "a" } });
  });

  test("a setting that changes in the middle reaches the pair", async () => {
    const pair = scriptedPair(endless);
    const session = await started(pair);
    session.dispatch({ type: "submit", text: "a" });
    await session.until(({ phase }) => phase.type === "running" && phase.run.text !== "");
    session.dispatch({ type: "submit", text: "/draft-len 2" });
    expect(pair.adjusted).toMatchObject([{ draftLength: 2 }]);
    session.press("escape");
    await session.settled();
  });

  test("events that come together are told together", async () => {
    const pair: ChatPair = {
      ...scriptedPair(() => []),
      async *generate() {
        yield* answerOf("a b c d e f");
        yield { type: "done", reason: "eog", text: "" };
      },
    };
    const session = await started(pair);
    const told = vi.fn();
    session.subscribe(({ type }) => type === "events" && told());
    await session.enter("a");
    expect(session.lines()[1]).toBe("a b c d e f");
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("what the user can mend is said, and the question comes back", async () => {
    const session = await started(
      scriptedPair(() => {
        throw environmentError("no-trees", "no trees here", "Use --tree-size 0.");
      }),
    );
    await session.enter("a");
    expect(session.lines()).toEqual(["> a", "error: no trees here (Use --tree-size 0.)"]);
    expect(session.getState().editor.text).toBe("a");
  });

  test("a bug ends the session", async () => {
    const session = await started(
      scriptedPair(() => {
        throw new TypeError("a bug");
      }),
    );
    const ended = expect(session.ended).rejects.toThrow("a bug");
    session.dispatch({ type: "submit", text: "a" });
    await ended;
  });
});

describe("a full context", () => {
  const small = { ...pairInfo, contextSize: 100 };

  test("the oldest turns go, which is said", async () => {
    const pair = scriptedPair(() => answerOf("x".repeat(20)), small);
    const session = await started(pair, { maxTokens: 50 });
    for (const question of ["a", "b", "c", "d", "e"]) await session.enter(question);
    expect(session.lines().filter((line) => line.startsWith("warning"))).toMatchInlineSnapshot(`
      [
        "warning: dropped the oldest turn: the context of 100 tokens is full (The model does not see them any more; a larger --ctx holds more.)",
      ]
    `);
    expect(pair.requests.at(-1)?.prompt).toMatchObject({ messages: { length: 7 } });
    expect(session.getState().conversation.turns).toHaveLength(5);
  });

  test("a message longer than the context comes back", async () => {
    const session = await started(scriptedPair(() => answerOf("x"), small));
    await session.enter("x".repeat(200));
    expect(session.lines().at(-1)).toBe(
      "error: the message is too long: 200 tokens, and the context holds 100 (Shorten it, or start with a larger --ctx.)",
    );
    expect(session.getState().editor.text).toHaveLength(200);
    await session.enter("short");
    expect(session.getState().conversation.turns).toHaveLength(1);
  });

  test("in mid-answer the oldest turns go and the answer goes on where it was", async () => {
    const full = { type: "done", reason: "context", text: "" } as const;
    const pair = scriptedPair(({ prompt }) => {
      if (prompt.begun !== undefined) return answerOf("the end");
      return pair.requests.length === 2
        ? [...answerOf("half of the way "), full]
        : answerOf("y".repeat(70));
    }, small);
    const session = await started(pair);
    await session.enter("a");
    await session.enter("b");
    const { begun } = pair.requests[2]?.prompt ?? {};
    expect(begun).toHaveLength(4);
    expect(pair.requests[2]).toMatchObject({ maxTokens: 96 });
    expect(session.getState().conversation.turns[1]?.answer?.text).toBe("half of the way the end");
    expect(session.lines()).toMatchInlineSnapshot(`
      [
        "> a",
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        "= 1 token",
        "> b",
        "warning: dropped the oldest turn: the context of 100 tokens is full (The model does not see them any more; a larger --ctx holds more.)",
        "half of the way the end",
        "= 6 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00",
      ]
    `);
  });

  test("an answer that fills the context alone stops there", async () => {
    const full = { type: "done", reason: "context", text: "" } as const;
    const session = await started(scriptedPair(() => [...answerOf("all of it"), full], small));
    await session.enter("a");
    expect(session.lines()).toMatchInlineSnapshot(`
      [
        "> a",
        "all of it",
        "= 3 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00; cut off, the context is full",
        "warning: the answer fills the context: there is nothing left to drop (Begin anew with /reset, or start with a larger --ctx.)",
      ]
    `);
  });
});

describe("a crash", () => {
  test("keeps the conversation, gives the question back, and Enter starts anew", async () => {
    const first = scriptedPair(async function* () {
      if (first.requests.length > 1) {
        yield* answerOf("half ");
        throw crashed();
      }
      yield* answerOf("x");
    });
    const second = scriptedPair(() => answerOf("y"));
    const session = await started([first, second]);
    await session.enter("a");
    await session.enter("b");
    expect(session.getState()).toMatchObject({
      phase: { type: "crashed", message: "the engine host ended" },
      editor: { text: "b" },
      conversation: { turns: [{ question: "a" }] },
    });
    session.press("enter");
    expect(session.getState().phase.type).toBe("loading");
    await session.settled();
    expect(first.closed).toBe(true);
    session.press("enter");
    await session.settled();
    expect(second.requests[0]?.prompt).toMatchObject({
      messages: [{}, { content: "x" }, { content: "b" }],
    });
    expect(session.lines()).toMatchInlineSnapshot(`
      [
        "> a",
        "x",
        "= 1 token",
        "> b",
        "half ",
        "error: the engine host ended (See its log.)",
        "info: the engine runs again",
        "> b",
        "y",
        "= 1 token",
      ]
    `);
  });

  test("a start that fails again is told and can be tried again", async () => {
    const pair = scriptedPair(() => {
      throw crashed();
    });
    let starts = 0;
    const session = await started([], {
      startPair: async () => {
        if (starts++ === 0) return pair;
        throw environmentError("out-of-memory", "there is no memory");
      },
    });
    await session.enter("a");
    session.press("enter");
    await session.settled();
    expect(session.getState().phase).toEqual({ type: "crashed", message: "there is no memory" });
    session.press("escape");
    await session.ended;
  });

  test("a first start that fails ends the chat with its reason", async () => {
    const session = testSession([], {
      startPair: async () => {
        throw environmentError("model-missing", "there is no model");
      },
    });
    session.start();
    await expect(session.ended).rejects.toThrow("there is no model");
  });
});

describe("comparing", () => {
  test("equal answers", async () => {
    const pair = scriptedPair(() => answerOf("one two three"));
    const session = await started(pair);
    await session.enter("a");
    await session.enter("/compare");
    const [, plain, speculative] = pair.requests;
    expect(plain).toMatchObject({ draftLength: 0, drafters: [], wholeChunks: true, seed: 8 });
    expect(speculative).toMatchObject({ draftLength: 4, wholeChunks: true, seed: 8 });
    expect(plain?.prompt).toEqual(speculative?.prompt);
    expect(session.lines().at(-1)).toBe("comparison: Both answers are the same 3 tokens.");
    expect(session.getState().conversation.turns).toHaveLength(1);
    expect(session.getState().plainRate?.measuredBy).toBe("measured by /compare");
  });

  const parting = (gap: number) =>
    scriptedPair(({ draftLength }) =>
      answerOf(draftLength === 0 ? "one two three" : "one two four", { gap }),
    );

  test.each([
    [
      0.02,
      "The answers part at token 2 (near tie 0.02): a batch rounds differently from single steps, no bug.",
    ],
    [
      1.5,
      "The answers part at token 2 (gap 1.50, not a near tie): possibly a bug, please report it.",
    ],
    [Number.NaN, "The answers part at token 2; this engine does not tell the logit gap there."],
  ])("answers that part at a gap of %d", async (gap, verdict) => {
    const session = await started(parting(gap));
    await session.enter("a");
    await session.enter("/compare");
    expect(session.lines().at(-1)).toBe(`comparison: ${verdict}`);
  });

  test("above temperature 0 chance parts them", async () => {
    const session = await started(parting(1));
    await session.enter("/temp 0.8");
    await session.enter("a");
    await session.enter("/compare");
    expect(session.lines().at(-1)).toBe(
      "comparison: The answers part at token 2, by chance at temperature 0.8; /temp 0 compares texts.",
    );
  });

  test("stopped in the middle", async () => {
    const pair = scriptedPair(() => (pair.requests.length === 1 ? answerOf("x") : endless()));
    const session = await started(pair);
    await session.enter("a");
    session.dispatch({ type: "submit", text: "/compare" });
    await session.until(
      ({ phase }) => phase.type === "comparing" && phase.comparing.plain.tokens.length > 3,
    );
    session.press("escape");
    await session.settled();
    expect(session.lines().at(-1)).toBe("comparison: Not compared: it was stopped before its end.");
    expect(pair.requests).toHaveLength(2);
    expect(session.getState().phase.type).toBe("idle");
  });

  test("with nothing that drafts there is nothing to compare", async () => {
    const session = await started(scriptedPair(() => answerOf("x")));
    await session.enter("/drafter none");
    await session.enter("a");
    await session.enter("/compare");
    expect(session.lines().at(-1)).toMatch("nothing drafts");
  });
});

describe("plain's speed", () => {
  test("is measured at load", async () => {
    const session = await started(
      scriptedPair(() => []),
      { measures: true },
    );
    expect(session.getState().plainRate).toEqual({
      tokensPerSecond: 50,
      measuredBy: "measured at load",
    });
  });

  test("comes from /plain, whose answer is not kept", async () => {
    const pair = scriptedPair(() => answerOf("one two"));
    const session = await started(pair);
    await session.enter("a");
    await session.enter("/plain");
    expect(pair.requests[1]).toMatchObject({ draftLength: 0, adaptive: false });
    expect(session.getState().plainRate).toEqual({
      tokensPerSecond: 100,
      measuredBy: "measured by /plain",
    });
    expect(session.getState().totals.answers).toBe(1);
    expect(session.getState().conversation.turns[0]?.answer?.settings["draft-len"]).toBe("4");
    expect(session.lines().at(-1)).toMatch(/^= plain, not kept: 2 tokens/);
  });
});

describe("files", () => {
  test("a file that is there is replaced on demand only", async () => {
    const session = await started(scriptedPair(() => answerOf("one two")));
    await session.enter("a");
    await session.enter("/save chat.md");
    await session.enter("/save chat.md");
    await session.enter("/save! chat.md");
    expect(session.lines().slice(-3)).toMatchInlineSnapshot(`
      [
        "info: saved to chat.md",
        "error: cannot write chat.md: the file is there already (/save! chat.md replaces it.)",
        "info: saved to chat.md",
      ]
    `);
  });

  test("what cannot be written or read is told", async () => {
    const files = {
      read: async () => fail("ENOENT"),
      write: async () => fail("EACCES"),
    };
    const session = await started(
      scriptedPair(() => answerOf("x")),
      { files },
    );
    await session.enter("a");
    for (const entry of [
      "/save no/chat.json",
      "/load gone.json",
      "/save chat.txt",
      "/load chat.md",
    ]) {
      await session.enter(entry);
    }
    expect(session.lines().slice(-4)).toMatchInlineSnapshot(`
      [
        "error: cannot write no/chat.json: permission denied (Name another place.)",
        "error: cannot read gone.json: there is no such file or folder (Look at the name.)",
        "error: the file chat.txt ends in neither .md nor .json (Use /save chat.md to read it, /save chat.json to load it again.)",
        "error: the file chat.md does not end in .json (Name one that was saved as .json: it has all that is needed.)",
      ]
    `);
  });

  test("what was saved can be gone on with", async () => {
    const one = await started(
      scriptedPair(() => answerOf("one two")),
      { system: "be brief" },
    );
    await one.enter("a");
    await one.enter("/save chat.json");
    const pair = scriptedPair(() => answerOf("three"));
    const other = await started(pair);
    other.files.set("chat.json", one.files.get("chat.json") ?? "");
    await other.enter("/load chat.json");
    await other.enter("b");
    expect(pair.requests[0]?.prompt).toEqual({
      type: "chat",
      messages: [
        { role: "system", content: "be brief" },
        { role: "user", content: "a" },
        { role: "assistant", content: "one two" },
        { role: "user", content: "b" },
      ],
    });
    await other.enter("/show");
    expect(other.lines()).toMatchInlineSnapshot(`
      [
        "info: loaded 1 turn and a system message from chat.json",
        "> a",
        "one two",
        "> b",
        "three",
        "= 1 token",
        "three",
      ]
    `);
  });
});

describe("the end", () => {
  test("/quit in the middle of an answer stops it and closes the pair", async () => {
    const pair = scriptedPair(endless);
    const session = await started(pair);
    session.dispatch({ type: "submit", text: "a" });
    await session.until(({ phase }) => phase.type === "running" && phase.run.text !== "");
    session.dispatch({ type: "submit", text: "/quit" });
    await session.ended;
    expect(pair.closed).toBe(true);
  });

  test("Esc while loading cancels the load", async () => {
    let aborted = false;
    const session = testSession([], {
      startPair: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(signal.reason);
          });
        }),
    });
    session.start();
    await new Promise((resolve) => setTimeout(resolve, 5));
    session.press("escape");
    await session.ended;
    expect(aborted).toBe(true);
  });

  test("a history that cannot be kept disturbs nothing", async () => {
    const session = await started(
      scriptedPair(() => answerOf("x")),
      {
        appendHistory: async () => fail("EACCES"),
      },
    );
    await session.enter("a");
    expect(session.lines()).toEqual(["> a", "x", "= 1 token"]);
  });
});
