import type { PromptFacts, PromptInput } from "./pair.ts";
import type { Vocabulary } from "./port.ts";
import { spelledSpecials } from "./spelled-specials.ts";

/**
 * A prompt as tokens, up to where the model goes on.
 *
 * @throws UserError where the model cannot read a prompt of that kind
 */
export async function promptTokens(vocabulary: Vocabulary, prompt: PromptInput): Promise<number[]> {
  return [...(await writtenTokens(vocabulary, prompt)), ...(prompt.begun ?? [])];
}

async function writtenTokens(vocabulary: Vocabulary, prompt: PromptInput): Promise<number[]> {
  switch (prompt.type) {
    case "chat":
      return vocabulary.tokenizeChat(prompt.messages, prompt.template);
    case "infill":
      return vocabulary.tokenizeInfill(prompt);
    case "text":
      return vocabulary.tokenize(prompt.text, prompt.special);
  }
}

/** See `Pair.inspectPrompt`. */
export async function promptFacts(
  vocabulary: Vocabulary,
  prompt: PromptInput,
): Promise<PromptFacts> {
  const tokens = await promptTokens(vocabulary, prompt);
  const asText = prompt.type === "text" && prompt.special !== true;
  const spelled = asText ? await spelledSpecials(vocabulary, prompt.text) : [];
  return { tokens: tokens.length, spelled };
}
