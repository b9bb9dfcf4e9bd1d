import { expect, test } from "vitest";
import { promptSuites } from "../../../src/bench/prompt-suites.ts";
import { resolvePrompts } from "../../../src/bench/prompts/resolve-prompts.ts";

test("there is a suite for each category of Spec-Bench, and more", () => {
  expect(promptSuites()).toEqual(
    expect.arrayContaining([
      ...["code", "default", "maths", "multi-turn", "question-answering", "retrieval"],
      ...["rewriting", "code-rewriting", "summarising", "translation", "fim"],
    ]),
  );
});

test.each(promptSuites().filter((name) => name !== "default"))(
  "%s holds at least eight prompts of its category",
  (name) => {
    const prompts = resolvePrompts([name]);
    expect(prompts.length).toBeGreaterThanOrEqual(8);
    expect(new Set(prompts.map(({ category }) => category))).toEqual(new Set([name]));
  },
);

test("each prompt of fim has code before and after a gap", () => {
  for (const { id, prompt, infill } of resolvePrompts(["fim"])) {
    expect(infill?.prefix.trim(), id).toBeTruthy();
    expect(infill?.suffix.trim(), id).toBeTruthy();
    expect(prompt, id).toBe(infill?.prefix);
  }
});

test("suites can be run together: no id is taken twice", () => {
  expect(() => resolvePrompts(promptSuites())).not.toThrow();
});

test("a conversation has turns of both sides and ends before the prompt", () => {
  for (const { history = [], prompt } of resolvePrompts(["multi-turn"])) {
    const roles = history.map(({ role }) => role).filter((role) => role !== "system");
    expect(roles.length, prompt).toBeGreaterThanOrEqual(2);
    roles.forEach((role, i) => {
      expect(role, prompt).toBe(i % 2 === 0 ? "user" : "assistant");
    });
    expect(roles.at(-1), prompt).toBe("assistant");
  }
});
