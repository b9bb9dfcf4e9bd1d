import { parentPort } from "node:worker_threads";
import { getOrMake } from "../get-or-make.ts";
import { type JinjaTemplate, parseTemplate } from "./jinja-template.ts";
import type { RenderAnswer, RenderRequest } from "./render-protocol.ts";

/** Characters of the longest prompt that is handed on. */
const mostCharacters = 16_777_216;
/** Characters of a template's message that are worth showing. */
const mostReason = 1000;

/** The templates of this thread by their source; a run of specdec uses one or two. */
const parsed = new Map<string, JinjaTemplate>();

function answerTo({ source, variables, now }: RenderRequest): RenderAnswer {
  try {
    const template = getOrMake(parsed, source, () => parseTemplate(source));
    const text = template.render(variables, now);
    if (text.length <= mostCharacters) return { type: "text", text };
    return refused(`it writes ${text.length} characters, and ${mostCharacters} are the most`);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function refused(reason: string): RenderAnswer {
  return { type: "refused", reason: reason.slice(0, mostReason) };
}

parentPort?.postMessage("ready");
parentPort?.on("message", (request: RenderRequest) => {
  parentPort?.postMessage(answerTo(request));
});
