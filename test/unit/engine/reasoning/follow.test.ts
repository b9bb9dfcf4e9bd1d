import { describe, expect, test } from "vitest";
import type { DoneEvent, GenerateEvent } from "../../../../src/decoding/events.ts";
import type { TokenText } from "../../../../src/decoding/text.ts";
import { ByteDetokenizer } from "../../../../src/engine/byte-detokenizer.ts";
import { withReasoning } from "../../../../src/engine/reasoning/follow.ts";

/** Control tokens have a name and no text. */
const control: Readonly<Record<number, string>> = { 300: "<think>", 301: "</think>", 302: "<eos>" };

/** Tokens up to 255 are bytes. */
const text: TokenText = {
  isEog: (token) => token === 302,
  detokenizer: () =>
    new ByteDetokenizer((token) => (token > 255 ? new Uint8Array() : Uint8Array.of(token))),
  piece: (token) => control[token] ?? new TextDecoder().decode(Uint8Array.of(token)),
};

const bytes = (written: string): number[] => [...new TextEncoder().encode(written)];

async function* eventsOf(tokens: readonly number[]): AsyncGenerator<GenerateEvent> {
  const emit = (token: number) => ({ token, text: "", origin: "bonus" as const });
  const [first, ...others] = tokens.map(emit);
  if (first !== undefined) yield { type: "first-token", emitted: [first], ms: 0 };
  for (let i = 0; i < others.length; i += 3) {
    yield {
      type: "round",
      drafted: [],
      accepted: 0,
      deviations: 0,
      emitted: others.slice(i, i + 3),
      ...{ draftMs: 0, verifyMs: 0, overheadMs: 0, contextTokens: 0 },
    };
  }
  yield { type: "done", reason: "length", text: "" };
}

async function endOf(
  tokens: readonly number[],
  { prompt = bytes("hello"), begun = [] as readonly number[] } = {},
): Promise<DoneEvent> {
  const events: GenerateEvent[] = [];
  for await (const event of withReasoning(eventsOf(tokens), { text, prompt, begun })) {
    events.push(event);
  }
  return events.at(-1) as DoneEvent;
}

describe("the end of a generation", () => {
  test("has the number of reasoning tokens, with marks that are control tokens", async () => {
    const tokens = [300, ...bytes("so"), 301, ...bytes("42")];
    expect(await endOf(tokens)).toMatchObject({ reasoning: 4 });
  });

  test("counts the end token of a text that ends inside its reasoning", async () => {
    expect(await endOf([300, ...bytes("so"), 302])).toMatchObject({ reasoning: 4 });
  });

  test("has no number where nothing is reasoning", async () => {
    expect(await endOf(bytes("42"))).toEqual({ type: "done", reason: "length", text: "" });
    expect(await endOf([])).toEqual({ type: "done", reason: "length", text: "" });
  });

  test("sees what the prompt has opened, spelled or as a control token", async () => {
    const tokens = [...bytes("so"), 301, ...bytes("42")];
    for (const open of [[300], [300, ...bytes("\n")], bytes("<think>\n")]) {
      const prompt = [...bytes("a question ".repeat(30)), ...open];
      expect(await endOf(tokens, { prompt })).toMatchObject({ reasoning: 3 });
    }
  });

  test("reads marks whose characters span tokens", async () => {
    const tokens = bytes("◁think▷so◁/think▷42");
    expect(await endOf(tokens)).toMatchObject({ reasoning: tokens.length - 2 });
    const rest = bytes("so◁/think▷42");
    const prompt = bytes("◁think▷\n");
    expect(await endOf(rest, { prompt })).toMatchObject({ reasoning: rest.length - 2 });
  });

  test("counts only new tokens where an answer goes on", async () => {
    const begun = [300, ...bytes("so i")];
    expect(await endOf([...bytes("t is"), 301, ...bytes("42")], { begun })).toMatchObject({
      reasoning: 5,
    });
    const finished = [...begun, 301];
    expect(await endOf(bytes("42"), { begun: finished })).not.toHaveProperty("reasoning");
  });
});
