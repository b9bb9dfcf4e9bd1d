import { expect, test } from "vitest";
import { defaultFakeModel, parseFakeModel } from "../../../src/engine/fake/spec.ts";
import { UserError } from "../../../src/errors.ts";

test("fake: is the default model", () => {
  expect(parseFakeModel("fake:")).toEqual(defaultFakeModel);
});

test("keys set what they name", () => {
  const path =
    "fake:vocab=9,seed=2,agreement=0.5,sharpness=4,end=-1,step=2,token=0.25,load=10,shift=3,template=0,recurrent=1,fim=1,rename=5+8";
  expect(parseFakeModel(path)).toEqual({
    vocabularySize: 9,
    seed: 2,
    agreement: 0.5,
    sharpness: 4,
    endBias: -1,
    stepMs: 2,
    tokenMs: 0.25,
    loadMs: 10,
    shift: 3,
    rename: [5, 8],
    template: 0,
    recurrent: 1,
    thinkTokens: 0,
    fim: 1,
  });
  expect(parseFakeModel("fake:think=20").thinkTokens).toBe(20);
});

test("what is left out keeps its default", () => {
  expect(parseFakeModel("fake:seed=7")).toEqual({ ...defaultFakeModel, seed: 7 });
});

test.each([
  "model.gguf",
  "",
  "Fake:",
  "fake",
  "fake:size=3",
  "fake:seed",
  "fake:seed=",
  "fake:seed=x",
  "fake:think=-1",
  "fake:think=1.5",
  "fake:think=1,vocab=97",
  "fake:rename=",
  "fake:rename=5+",
  "fake:rename=200",
])("refuses %j as a usage error with a hint", (path) => {
  expect(() => parseFakeModel(path)).toThrow(UserError);
  try {
    parseFakeModel(path);
  } catch (error) {
    expect(error).toMatchObject({ code: "usage", exitCode: 2, hint: expect.any(String) });
  }
});
