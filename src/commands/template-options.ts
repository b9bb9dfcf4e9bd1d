import type { Options } from "yargs";

const group = "Chat template:";

/** Flags that choose how a conversation is written as text. */
export const templateOptions = {
  "chat-template": {
    type: "string",
    requiresArg: true,
    describe: "File with a Jinja template, or one of llama.cpp's formats, such as chatml",
    defaultDescription: "the model's own",
    group,
  },
  "chat-template-kwargs": {
    type: "string",
    requiresArg: true,
    describe: `Variables for the template, as JSON: '{"enable_thinking": false}'`,
    group,
  },
  thinking: {
    choices: ["on", "off"],
    describe: "Have the template ask for reasoning or not: its variable enable_thinking",
    defaultDescription: "the template decides",
    group,
  },
} as const satisfies Record<string, Options>;

/** Without them, the model's own template decides everything. */
export const templateDefaults = {
  "chat-template": undefined as string | undefined,
  "chat-template-kwargs": undefined as string | undefined,
  thinking: undefined as string | undefined,
};

/** What the flags come to. */
export type TemplateValues = typeof templateDefaults & { readonly raw: boolean };
