import { versions } from "../version.ts";
import type { Check } from "./finding.ts";

/** Which specdec this is and what it runs on. */
export const checkVersions: Check = {
  name: "versions",
  run: () => {
    const { specdec, nodeLlamaCpp, koffi, node } = versions();
    return {
      facts: [
        { key: "specdec", label: "specdec", value: specdec },
        { key: "nodeLlamaCpp", label: "node-llama-cpp", value: nodeLlamaCpp },
        { key: "koffi", label: "koffi", value: koffi },
        { key: "node", label: "node", value: node },
      ],
    };
  },
};
