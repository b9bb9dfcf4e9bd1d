import { differenceCode } from "../../engine/vocabulary-fit.ts";
import type { ModelFacts } from "../../models/model-facts.ts";
import type { BreakEven, PairCheck } from "../../models/pair-check.ts";
import { formatBytes, formatParameters } from "../../reports/format.ts";

/** What `specdec models check --json` prints. */
export function pairAsJson(check: PairCheck) {
  const { target, draft, vocabulary, ...rest } = check;
  const { differingIds: _, ...compared } = vocabulary;
  return { ...rest, vocabulary: compared, target: summary(target), draft: summary(draft) };
}

function summary({
  path,
  info,
  vocabulary: { type, size },
  experts,
  activeParameters,
}: ModelFacts) {
  return {
    path,
    ...info,
    vocabulary: { type, size },
    experts: experts ?? null,
    activeParameters,
  };
}

/** What `specdec models check` prints. */
export function describePair(check: PairCheck): string[] {
  const { target, draft, problems, warnings } = check;
  return [
    `target  ${modelLine(target)}`,
    `draft   ${modelLine(draft)}`,
    "",
    ...(check.compatible ? compatible(check) : problems.map(({ text }) => `no: ${text}`)),
    ...warnings.filter(({ code }) => code !== differenceCode).map(({ text }) => `warning: ${text}`),
  ];
}

function modelLine({ info, vocabulary }: ModelFacts): string {
  const { file, architecture, quantisation, parameters, sizeBytes, trainedContext } = info;
  return [
    `${file} (${architecture}, ${formatParameters(parameters)} parameters, ${quantisation}`,
    `${formatBytes(sizeBytes)}, ${vocabulary.size} ${vocabulary.type} tokens, context ${trainedContext})`,
  ].join(", ");
}

function compatible({ vocabulary, warnings, cost, breakEven }: PairCheck): string[] {
  const difference = warnings.find(({ code }) => code === differenceCode);
  return [
    difference === undefined
      ? `yes: the pair is compatible; ${vocabulary.sharedSize} tokens mean the same to both`
      : `usable: ${difference.text}`,
    `A draft step costs about c = ${cost.toFixed(2)} target steps, by the parameters that a token goes through.`,
    ...(cost < 1 ? [needed(breakEven)] : []),
  ];
}

function needed(breakEven: readonly BreakEven[]): string {
  const parts = breakEven.map(
    ({ draftLength, acceptance }) => `${percent(acceptance)} at draft length ${draftLength}`,
  );
  return (
    "If verifying a draft took no longer than one step (v = 1), drafting would pay from a per-token " +
    `acceptance α of ${parts.join(", ")}; where verifying takes longer, more is needed. ` +
    "specdec bench measures α, c and v on this machine."
  );
}

function percent(share: number | null): string {
  return share === null ? "more than 100%" : `${Math.ceil(share * 100)}%`;
}
