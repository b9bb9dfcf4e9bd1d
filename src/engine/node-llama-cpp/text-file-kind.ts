import { TextDecoder } from "node:util";
import { quoted } from "../excerpt.ts";
import type { FileKind } from "./file-kind.ts";

const again = "Download it again: a server answered with this instead of the model.";

/**
 * Says what a text file is that was taken for a model; undefined for one that is no text.
 *
 * @param start its first bytes
 */
export function describeTextFile(start: Buffer): FileKind | undefined {
  const text = textOf(start)?.trimStart();
  if (text === undefined) return undefined;
  return (
    pointer(text) ?? webPage(text) ?? xml(text) ?? json(text) ?? { is: plain(text), hint: again }
  );
}

/** UTF-8, or UTF-16 with its mark; the last character may be cut. */
function textOf(start: Buffer): string | undefined {
  const encoding = start[0] === 0xff && start[1] === 0xfe ? "utf-16le" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(start, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary files from text.
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function pointer(text: string): FileKind | undefined {
  const isLfs = /^version https:\/\/(git-lfs\.github\.com|hawser\.github\.com)\/spec\//.test(text);
  const isXet = /^# xet version /.test(text);
  if (!isLfs && !isXet) {
    if (!/^(\.\.\/)*\/?(\.git\/)?annex\/objects\//.test(text)) return undefined;
    return {
      is: "a git-annex pointer that stands for the model",
      hint: "Run git annex get on it in its repository, or download the model's file itself.",
    };
  }
  const bytes = Number(/^(?:size|filesize = )\s*(\d+)/m.exec(text)?.[1] ?? 0);
  const size = bytes > 0 ? ` of ${bytes} bytes` : "";
  return {
    is: `a Git ${isLfs ? "LFS" : "Xet"} pointer that stands for a file${size}`,
    hint: "Run git lfs pull in its repository, or download the model's file itself.",
  };
}

function webPage(text: string): FileKind | undefined {
  const isPage = /^(<!--[\s\S]*?-->\s*)?<(!doctype html|html|head|body|script|title)\b/i.test(text);
  if (!isPage) return undefined;
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? "";
  const called = title.trim() === "" ? "" : ` called ${quoted(title)}`;
  return {
    is: `a saved web page${called}`,
    hint: "Download the file itself, not the page that shows it; a model behind a login needs a token.",
  };
}

function xml(text: string): FileKind | undefined {
  if (!/^<(\?xml|[A-Za-z])/.test(text)) return undefined;
  const message =
    /<Message>([^<]+)/.exec(text)?.[1] ?? /<Code>([^<]+)/.exec(text)?.[1] ?? undefined;
  const says = message === undefined ? "" : ` that says ${quoted(message)}`;
  return { is: `an XML text${says}`, hint: again };
}

function json(text: string): FileKind | undefined {
  if (!/^[{[]\s*(["{[\d\]}-]|true|false|null)/.test(text)) return undefined;
  if (/"weight_map"/.test(text)) {
    return {
      is: "the index of a model in safetensors files",
      hint: "Convert the model with llama.cpp's convert_hf_to_gguf.py, or download a GGUF of it.",
    };
  }
  const message = /"(?:error|message|detail|error_description)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(
    text,
  );
  if (message?.[1] !== undefined) {
    return { is: `a JSON text that says ${quoted(message[1])}`, hint: again };
  }
  return { is: "a JSON text", hint: "Name the .gguf file of the model." };
}

function plain(text: string): string {
  return `a text that starts with ${quoted(text)}`;
}
