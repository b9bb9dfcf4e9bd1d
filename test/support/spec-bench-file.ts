import { seededRandom } from "../../src/decoding/random.ts";

/** Spec-Bench's categories: ten conversations each of MT-bench's eight, 80 rows of each other. */
const mtBench = "writing roleplay reasoning math coding extraction stem humanities".split(" ");
const others = "translation summarization qa math_reasoning rag".split(" ");

const words =
  "the river engine of a small town holds many old books while nobody counts their pages again".split(
    " ",
  );

/** Words that mean nothing, in sentences of ten. */
function prose(count: number, random: () => number): string {
  const pick = (): string => words[Math.floor(random() * words.length)] as string;
  return Array.from({ length: count }, (_, i) => (i % 10 === 9 ? `${pick()}.` : pick())).join(" ");
}

/** How many words a prompt of a category has, about as in Spec-Bench. */
const lengths: Readonly<Record<string, number>> = { rag: 600, summarization: 500 };

/** A file of 480 lines in the shape of Spec-Bench's question.jsonl. */
export function specBenchFile(): string {
  const random = seededRandom(480);
  const turn = (category: string) => prose(lengths[category] ?? 25, random);
  const conversations = mtBench.flatMap((category) =>
    Array.from({ length: 10 }, () => ({ category, turns: [turn(category), turn(category)] })),
  );
  const single = others.flatMap((category) =>
    Array.from({ length: 80 }, () => ({ category, turns: [turn(category)] })),
  );
  return [...conversations, ...single]
    .map((row, i) => `${JSON.stringify({ question_id: 81 + i, ...row })}\n`)
    .join("");
}
