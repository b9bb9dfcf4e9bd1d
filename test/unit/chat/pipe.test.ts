import { describe, expect, test } from "vitest";
import { commandOf } from "../../../src/chat/command-table.ts";
import { runPipe } from "../../../src/chat/pipe.ts";
import { environmentError } from "../../../src/errors.ts";
import { answerOf, endless, pairInfo, scriptedPair, testSession } from "../../support/chat.ts";

interface Piped {
  readonly out: string;
  readonly err: readonly string[];
  readonly error: unknown;
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function pipe(
  session: ReturnType<typeof testSession>,
  lines: readonly string[] | AsyncIterable<string>,
  controller = new AbortController(),
): Promise<Piped> {
  let out = "";
  const err: string[] = [];
  const run = runPipe(session, {
    lines: Symbol.asyncIterator in lines ? lines : linesOf(lines),
    writeAnswer: (text) => {
      out += text;
    },
    writeNote: (line) => err.push(line),
    signal: controller.signal,
  });
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { out, err, error };
}

test("each line is a turn; answers and figures go different ways", async () => {
  const pair = scriptedPair(() => answerOf("one two"));
  const { out, err, error } = await pipe(testSession(pair), ["a", "", "/draft-len 2", "b"]);
  expect(error).toBeUndefined();
  expect(out).toBe("one two\none two\n");
  expect(err).toMatchInlineSnapshot(`
    [
      "2 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00",
      "note: draft-len is 2 now (draft 2)",
      "2 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00",
    ]
  `);
  expect(pair.requests.map(({ draftLength }) => draftLength)).toEqual([4, 2]);
  expect(pair.closed).toBe(true);
});

test("a line that fails is told, the others are answered, and the end says it", async () => {
  const pair = scriptedPair(() => answerOf("fine"), { ...pairInfo, contextSize: 50 });
  const { out, err, error } = await pipe(testSession(pair), [
    "x".repeat(80),
    "/compare",
    "/drat",
    "a",
  ]);
  expect(out).toBe("fine\n");
  expect(err).toMatchInlineSnapshot(`
    [
      "error: the message is too long: 80 tokens, and the context holds 50",
      "hint: Shorten it, or start with a larger --ctx.",
      "error: /compare needs a terminal",
      "hint: Without one there are /help /drafter /draft-len /top-k /tree-size /p-min /temp /system /reset /save /load /quit.",
      "error: there is no command /drat",
      "hint: /help lists all commands. A message that begins with a slash is written with two: //.",
      "1 token",
    ]
  `);
  expect(error).toMatchObject({ exitCode: 3, message: "3 of 4 lines failed" });
});

test("lines that are wrong usage alone end it as such", async () => {
  const pair = scriptedPair(() => answerOf("fine"));
  const { out, error } = await pipe(testSession(pair), ["/drat", "/draft-len x", "a"]);
  expect(out).toBe("fine\n");
  expect(error).toMatchObject({ exitCode: 2, message: "2 of 3 lines failed" });
});

test("/help lists what works without a screen", async () => {
  const { err, error } = await pipe(testSession(scriptedPair(() => answerOf("x"))), ["/help"]);
  expect(error).toBeUndefined();
  expect(err).toContain(`/save FILE: ${commandOf("save").help}`);
  expect(err.join("\n")).not.toContain("/compare");
});

test("/quit ends it before the end of the input", async () => {
  const { out } = await pipe(testSession(scriptedPair(() => answerOf("x"))), ["a", "/quit", "b"]);
  expect(out).toBe("x\n");
});

test("what would steer a terminal does not come out", async () => {
  const { out } = await pipe(testSession(scriptedPair(() => answerOf("\u001b[2Ja\tb"))), ["a"]);
  expect(out).toBe("a\tb\n");
});

describe("where nothing can go on", () => {
  test("a crash ends it at once", async () => {
    const pair = scriptedPair(async function* () {
      yield* answerOf("half");
      throw environmentError("host-crashed", "the engine host ended");
    });
    const { out, error } = await pipe(testSession(pair), ["a", "b"]);
    expect(out).toBe("half\n");
    expect(error).toMatchObject({ code: "host-crashed" });
    expect(pair.requests).toHaveLength(1);
  });

  test("so does a load that fails", async () => {
    const session = testSession([], {
      startPair: async () => {
        throw environmentError("model-missing", "there is no model");
      },
    });
    expect((await pipe(session, ["a"])).error).toMatchObject({ code: "model-missing" });
  });

  test("an interrupt stops the answer and ends it", async () => {
    const controller = new AbortController();
    const session = testSession(scriptedPair(endless));
    const piped = pipe(session, ["a", "b"], controller);
    await session.until(({ phase }) => phase.type === "running" && phase.run.text.length > 20);
    controller.abort();
    const { out, error } = await piped;
    expect(out).toMatch(/^(?:word )+\n$/);
    expect(error).toMatchObject({ exitCode: 130 });
  });

  test("an interrupt while no line comes ends it too", async () => {
    const controller = new AbortController();
    const session = testSession(scriptedPair(endless));
    const waiting = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
    };
    const piped = pipe(session, waiting, controller);
    await session.until(({ phase }) => phase.type === "idle");
    controller.abort();
    expect((await piped).error).toMatchObject({ exitCode: 130 });
  });
});
