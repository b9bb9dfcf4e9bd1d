import { fakeEngine } from "../../../src/engine/fake/engine.ts";
import { describeInputsContract } from "../../contract/inputs-contract.ts";
import { describeSequenceContract } from "../../contract/sequence-contract.ts";

for (const trees of [true, false]) {
  const open = async () => {
    const engine = fakeEngine({ trees });
    const model = await engine.open({
      path: "fake:",
      contextSize: 128,
      hiddenStates: false,
      onProgress: () => true,
    });
    return {
      sequence: model.sequence,
      someTokens: Array.from({ length: 40 }, (_, i) => 2 + i),
      close: async () => {
        await model.close();
        await engine.close();
      },
    };
  };
  describeSequenceContract(trees ? "fake" : "fake without trees", open, { tolerance: 0 });
}

describeInputsContract(
  "fake",
  async () => {
    const engine = fakeEngine();
    const heads = await engine.openHeads("fake:kind=chained", 128);
    const inputs = Array.from({ length: 20 }, (_, i) => {
      const input = Float32Array.from(heads.embedding(i));
      heads.offset(0).forEach((number, j) => {
        input[j] = (input[j] as number) + number;
      });
      return input;
    });
    return { sequence: heads.sequence, inputs, close: async () => heads.close() };
  },
  0,
);
