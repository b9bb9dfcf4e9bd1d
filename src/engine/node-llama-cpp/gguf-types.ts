/** How ggml stores a tensor: name, weights in a block, bytes of a block (ggml/src/ggml.c). */
type TensorType = readonly [name: string, blockWeights: number, blockBytes: number];

const tensorTypes: ReadonlyMap<number, TensorType> = new Map<number, TensorType>([
  [0, ["F32", 1, 4]],
  [1, ["F16", 1, 2]],
  [2, ["Q4_0", 32, 18]],
  [3, ["Q4_1", 32, 20]],
  [6, ["Q5_0", 32, 22]],
  [7, ["Q5_1", 32, 24]],
  [8, ["Q8_0", 32, 34]],
  [9, ["Q8_1", 32, 36]],
  [10, ["Q2_K", 256, 84]],
  [11, ["Q3_K", 256, 110]],
  [12, ["Q4_K", 256, 144]],
  [13, ["Q5_K", 256, 176]],
  [14, ["Q6_K", 256, 210]],
  [15, ["Q8_K", 256, 292]],
  [16, ["IQ2_XXS", 256, 66]],
  [17, ["IQ2_XS", 256, 74]],
  [18, ["IQ3_XXS", 256, 98]],
  [19, ["IQ1_S", 256, 50]],
  [20, ["IQ4_NL", 32, 18]],
  [21, ["IQ3_S", 256, 110]],
  [22, ["IQ2_S", 256, 82]],
  [23, ["IQ4_XS", 256, 136]],
  [24, ["I8", 1, 1]],
  [25, ["I16", 1, 2]],
  [26, ["I32", 1, 4]],
  [27, ["I64", 1, 8]],
  [28, ["F64", 1, 8]],
  [29, ["IQ1_M", 256, 56]],
  [30, ["BF16", 1, 2]],
  [34, ["TQ1_0", 256, 54]],
  [35, ["TQ2_0", 256, 66]],
  [39, ["MXFP4", 32, 17]],
  [40, ["NVFP4", 64, 36]],
  [41, ["Q1_0", 128, 18]],
  [42, ["Q2_0", 64, 18]],
]);

/** The name of a tensor type; "unknown" for one that is newer than this table. */
export function tensorTypeName(type: number): string {
  return tensorTypes.get(type)?.[0] ?? "unknown";
}

/** Types that older releases wrote and this one no longer reads (ggml/include/ggml.h). */
const removedTypes: ReadonlyMap<number, string> = new Map([
  [4, "Q4_2"],
  [5, "Q4_3"],
  [31, "Q4_0_4_4"],
  [32, "Q4_0_4_8"],
  [33, "Q4_0_8_8"],
  [36, "IQ4_NL_4_4"],
  [37, "IQ4_NL_4_8"],
  [38, "IQ4_NL_8_8"],
]);

/** The name of a type that was removed from ggml; undefined for any other. */
export function removedTypeName(type: number): string | undefined {
  return removedTypes.get(type);
}

/** Weights that are stored together, which a row has a multiple of; undefined for an unknown type. */
export function blockWeightsOf(type: number): number | undefined {
  return tensorTypes.get(type)?.[1];
}

/** Bytes that `weights` weights take; 0 for a type that is newer than this table. */
export function tensorBytes(type: number, weights: number): number {
  const [, blockWeights, blockBytes] = tensorTypes.get(type) ?? ["unknown", 1, 0];
  return Math.ceil(weights / blockWeights) * blockBytes;
}

/** Names of `general.file_type`, as llama.cpp spells them (src/llama-model-loader.cpp). */
const fileTypeNames: ReadonlyMap<number, string> = new Map([
  [0, "all F32"],
  [1, "F16"],
  [2, "Q4_0"],
  [3, "Q4_1"],
  [7, "Q8_0"],
  [8, "Q5_0"],
  [9, "Q5_1"],
  [10, "Q2_K - Medium"],
  [11, "Q3_K - Small"],
  [12, "Q3_K - Medium"],
  [13, "Q3_K - Large"],
  [14, "Q4_K - Small"],
  [15, "Q4_K - Medium"],
  [16, "Q5_K - Small"],
  [17, "Q5_K - Medium"],
  [18, "Q6_K"],
  [19, "IQ2_XXS - 2.0625 bpw"],
  [20, "IQ2_XS - 2.3125 bpw"],
  [21, "Q2_K - Small"],
  [22, "IQ3_XS - 3.3 bpw"],
  [23, "IQ3_XXS - 3.0625 bpw"],
  [24, "IQ1_S - 1.5625 bpw"],
  [25, "IQ4_NL - 4.5 bpw"],
  [26, "IQ3_S - 3.4375 bpw"],
  [27, "IQ3_S mix - 3.66 bpw"],
  [28, "IQ2_S - 2.5 bpw"],
  [29, "IQ2_M - 2.7 bpw"],
  [30, "IQ4_XS - 4.25 bpw"],
  [31, "IQ1_M - 1.75 bpw"],
  [32, "BF16"],
  [36, "TQ1_0 - 1.69 bpw ternary"],
  [37, "TQ2_0 - 2.06 bpw ternary"],
  [38, "MXFP4 MoE"],
  [39, "NVFP4"],
  [40, "Q1_0"],
  [41, "Q2_0"],
]);

/** llama.cpp's name of a file type; undefined where it has none. */
export function fileTypeName(fileType: number): string | undefined {
  return fileTypeNames.get(fileType);
}
