import { afterAll, describe, expect, test } from "vitest";
import { RenderFailure, TemplateRenderer } from "../../../../src/engine/chat-template/renderer.ts";

const renderer = new TemplateRenderer();
afterAll(() => renderer.close());

const render = (source: string, limitMs = 60_000) =>
  renderer.render({ source, variables: {}, now: 0 }, { leftMs: limitMs });

describe("the renderer", () => {
  test("renders one template after the other", async () => {
    expect(await Promise.all([render("a"), render("{{ 1 + 1 }}"), render("a")])).toEqual([
      "a",
      "2",
      "a",
    ]);
  });

  test("gives a template's own message", async () => {
    await expect(render("{{ raise_exception('no') }}")).rejects.toMatchObject({
      kind: "template",
      message: "no",
    });
  });

  const endless = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}";

  test("ends a template that does not end, and goes on", async () => {
    await expect(render(endless, 300)).rejects.toMatchObject({
      kind: "killed",
      message: "it did not end within 0.3 s",
    });
    expect(await render("b")).toBe("b");
  });

  test("ends the templates that wait behind it at their own limits only", async () => {
    const [stuck, next] = [render(endless, 300), render("next")];
    await expect(stuck).rejects.toMatchObject({ kind: "killed" });
    expect(await next).toBe("next");
  });

  test("takes the time of every rendering from the same budget", async () => {
    const request = { source: "a", variables: {}, now: 0 };
    const budget = { leftMs: 60_000 };
    await renderer.render(request, budget);
    expect(budget.leftMs).toBeLessThan(60_000);
    const spent = renderer.render(request, { leftMs: 0 });
    await expect(spent).rejects.toMatchObject({ kind: "killed" });
  });

  test("ends a template that fills the memory", async () => {
    const lists =
      "{% set n = namespace(a=0) %}{% for i in range(9999) %}{% set n.a = [n.a, range(99999)] %}{% endfor %}";
    await expect(render(lists)).rejects.toMatchObject({
      kind: "killed",
      message: "it needs more than 256 MB of memory",
    });
    expect(await render("b")).toBe("b");
  }, 60_000);

  test.each([
    [
      "lists that double",
      "{% set n = namespace(a=[1]) %}{% for i in range(40) %}{% set n.a = n.a + n.a %}{% endfor %}",
    ],
    ["a range", "{{ range(1000000000) | length }}"],
    [
      "text",
      "{% set n = namespace(a='abcdefgh') %}{% for i in range(60) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
    ],
    ["a long text", "{{ 'a\nb' | indent(50000000, true) }}"],
    ["parentheses", `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`],
    ["macros", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"],
  ])(
    "refuses a template that grows without bounds by %s",
    async (_, source) => {
      await expect(render(source)).rejects.toBeInstanceOf(RenderFailure);
      expect(await render("b")).toBe("b");
    },
    60_000,
  );
});
