import type { DraftHeads } from "../../decoding/draft-heads.ts";
import type { HeadsFile } from "./heads-file.ts";
import { TensorRows } from "./rows.ts";

/** What a file says of what its heads read, without the model that reads it. */
export function headsData(file: HeadsFile): Omit<DraftHeads, "sequence"> {
  const { info, offsets, tokens, embeddings } = file;
  const { kind, count, width } = info;
  const rows = embeddings && new TensorRows(file.path, embeddings);
  const rowOf = tokens && rowsByToken(tokens, info.target.vocabularySize);
  const byHead = Array.from({ length: count }, (_, head) =>
    offsets.subarray(head * width, (head + 1) * width),
  );
  return {
    kind,
    count,
    width,
    ...(tokens && { tokens }),
    offset: (head) => byHead[head] as Float32Array,
    embedding: (token) => {
      if (rows === undefined) throw new Error("parallel heads read no tokens");
      return rows.at(rowOf === undefined ? token : (rowOf[token] as number));
    },
  };
}

/** The row of each token; one that is not listed has the last, which stands for all of those. */
function rowsByToken(tokens: Int32Array, vocabularySize: number): Int32Array {
  const rows = new Int32Array(vocabularySize).fill(tokens.length);
  tokens.forEach((token, row) => {
    rows[token] = row;
  });
  return rows;
}
