import type { TemplateSettings } from "../engine/port.ts";
import type { BenchSettings } from "./report.ts";

/** How prompts are written as text; empty for the model's own template. */
export type ChatTemplateSettings = Pick<BenchSettings, "chatTemplate" | "chatTemplateKwargs">;

/** The same as an engine takes it; undefined for the model's own template. */
export function engineTemplate({
  chatTemplate,
  chatTemplateKwargs: kwargs,
}: ChatTemplateSettings): TemplateSettings | undefined {
  if (chatTemplate === undefined && kwargs === undefined) return undefined;
  return {
    ...(chatTemplate !== undefined && { source: sourceOf(chatTemplate) }),
    ...(kwargs !== undefined && { kwargs }),
  };
}

function sourceOf({
  name,
  source: text,
}: NonNullable<ChatTemplateSettings["chatTemplate"]>): NonNullable<TemplateSettings["source"]> {
  if (text === undefined) return { type: "named", name };
  return { type: "jinja", name: `the chat template ${name}`, text };
}

/** In words, for example "mine.jinja, enable_thinking=false"; empty for the model's own. */
export function templateText({
  chatTemplate,
  chatTemplateKwargs = {},
}: ChatTemplateSettings): string {
  const kwargs = Object.entries(chatTemplateKwargs);
  return [
    ...(chatTemplate === undefined ? [] : [chatTemplate.name]),
    ...kwargs.map(([name, value]) => `${name}=${JSON.stringify(value)}`),
  ].join(", ");
}

/** What decides the text, whatever the template's file is called. */
export function templateKey({
  chatTemplate,
  chatTemplateKwargs = {},
}: ChatTemplateSettings): unknown {
  const kwargs = Object.entries(chatTemplateKwargs).sort(([a], [b]) => (a < b ? -1 : 1));
  return [chatTemplate?.sha256 ?? chatTemplate?.name ?? "", kwargs];
}
