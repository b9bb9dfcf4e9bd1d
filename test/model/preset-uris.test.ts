import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveModelFile } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { findStoredFile } from "../../src/models/resolve-source.ts";
import { storedFileName } from "../../src/models/stored-name.ts";
import { loadPresets } from "../../src/presets/load-presets.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const shipped = loadPresets({ XDG_CONFIG_HOME: "/nowhere" })
  .flatMap(({ preset }) => [preset.target, preset.draft])
  .flatMap((source) => (source !== undefined && "uri" in source ? [source.uri] : []));

const further = [
  "hf:user/model:q8_0",
  "hf:user/model-gguf:IQ2_M",
  "hf:user/Model-GGUF:UD-Q4_K_XL",
  "hf:user/Model-GGUF/model-q4.gguf",
  "hf:user/Model-GGUF/other.gguf",
  "hf:user/Model-GGUF/folder/other.gguf",
  "hf:user/Model-GGUF/deep/folder/folder.gguf#branch",
  "https://huggingface.co/user/Model-GGUF/resolve/main/model-q4.gguf?download=true",
];

/** Finds a model without asking the network, as node-llama-cpp does it. */
function resolved(uri: string, directory: string): Promise<string> {
  return resolveModelFile(uri, { directory, download: false, cli: false });
}

describe("node-llama-cpp reads a URI as specdec does and looks for the same file", () => {
  test.each([...shipped, ...further])("%s", async (uri) => {
    const folder = temporaryFolder();
    const file = join(folder, storedFileName(uri) ?? "");
    await expect(resolved(uri, folder)).rejects.toThrow(/^No model file found/);
    writeFileSync(file, "");
    expect(await resolved(uri, folder)).toBe(file);
    expect(findStoredFile(uri, folder)).toBe(file);
  });

  test("also where a quantisation turns out to be in several files", async () => {
    const folder = temporaryFolder();
    for (const part of ["1", "2"]) {
      writeFileSync(join(folder, `hf_user_Model.Q8_0-0000${part}-of-00002.gguf`), "");
    }
    const first = join(folder, "hf_user_Model.Q8_0-00001-of-00002.gguf");
    expect(await resolved("hf:user/Model-GGUF:Q8_0", folder)).toBe(first);
    expect(findStoredFile("hf:user/Model-GGUF:Q8_0", folder)).toBe(first);
  });
});
