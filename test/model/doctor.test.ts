import { expect, test } from "vitest";
import { specdec } from "../support/cli.ts";
import { lacks, models } from "../support/models.ts";

test.skipIf(lacks(models.smollm))("doctor finds llama.cpp and runs a real pair", async () => {
  const args = ["--target", models.smollm, "--draft", models.smollm, "--gpu", "off", "--json"];
  const { stdout } = await specdec(["doctor", ...args]);
  const { checks } = JSON.parse(stdout) as { checks: { name: string }[] };
  expect(checks.find(({ name }) => name === "engine")).toMatchObject({
    status: "ok",
    facts: {
      engine: "libllama",
      backend: "cpu",
      installedBackends: expect.arrayContaining(["cpu"]),
      library: expect.stringMatching(/llama/),
    },
  });
  expect(checks.find(({ name }) => name === "trial")).toMatchObject({
    status: "ok",
    facts: { target: "smollm2-135m.gguf", tokens: 10, accepted: 7, drafted: 7 },
  });
});
