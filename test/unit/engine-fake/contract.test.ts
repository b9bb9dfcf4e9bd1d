import { fakeEngine } from "../../../src/engine/fake/engine.ts";
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
