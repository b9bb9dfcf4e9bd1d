import { expect, test } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchSettings } from "../../../src/bench/report.ts";
import { isRaw, requestFor } from "../../../src/bench/request.ts";
import { benchSettings } from "./support/settings.ts";
import { virtualPair } from "./support/virtual-pair.ts";

const prompt = {
  id: "talk",
  category: "multi-turn",
  history: [
    { role: "user", content: "Name a colour." },
    { role: "assistant", content: "Blue." },
  ],
  prompt: "Another one.",
} as const;

/** @returns what the pair is asked to continue */
async function promptFor(raw: boolean, changes: Partial<BenchSettings> = {}) {
  const { info } = await virtualPair();
  const plan = planBench(benchSettings({ raw, ...changes }));
  const [cell] = plan.cells;
  if (cell === undefined) throw new Error("no cell");
  const template = { ...info, target: { ...info.target, hasChatTemplate: true } };
  return requestFor(plan, template, { cell, prompt, seed: 1 }).prompt;
}

test("earlier messages come before the prompt", async () => {
  expect(await promptFor(false)).toEqual({
    type: "chat",
    messages: [...prompt.history, { role: "user", content: "Another one." }],
  });
});

test("without a chat template they are one text", async () => {
  expect(await promptFor(true)).toEqual({
    type: "text",
    text: "Name a colour.\n\nBlue.\n\nAnother one.",
  });
});

test("are written in the chat template that was asked for", async () => {
  const chatTemplate = { name: "x.jinja", source: "{{ messages }}", sha256: "0" };
  const chatTemplateKwargs = { enable_thinking: false };
  expect(await promptFor(false, { chatTemplate, chatTemplateKwargs })).toMatchObject({
    type: "chat",
    template: {
      source: { type: "jinja", name: "the chat template x.jinja", text: "{{ messages }}" },
      kwargs: { enable_thinking: false },
    },
  });
});

test("a model without a chat template takes another", async () => {
  const target = { hasChatTemplate: false };
  expect(isRaw({ raw: false }, { target })).toBe(true);
  expect(isRaw({ raw: false, chatTemplate: { name: "chatml" } }, { target })).toBe(false);
  expect(isRaw({ raw: true, chatTemplate: { name: "chatml" } }, { target })).toBe(true);
});

test("a cell of draft heads asks for its own file", async () => {
  const { info } = await virtualPair();
  const heads = (["parallel", "chained"] as const).map((kind) => ({ kind, file: kind, count: 2 }));
  const plan = planBench(benchSettings({ drafters: ["draft", "heads"], heads, draftLengths: [2] }));
  const requests = plan.cells.map((cell) => requestFor(plan, info, { cell, prompt, seed: 1 }));
  expect(requests.map(({ drafters, heads }) => [drafters, heads])).toEqual([
    [[], undefined],
    [["draft"], undefined],
    [["heads"], 0],
    [["heads"], 1],
  ]);
});
