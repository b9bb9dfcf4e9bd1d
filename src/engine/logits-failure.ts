import { InvalidLogitsError } from "../decoding/invalid-logits.ts";
import { environmentError } from "../errors.ts";

/**
 * The error to show for one that decoding ended with: where a model gave logits that choose no token, it
 * names the model's file. Any other error comes back as it is.
 *
 * @param files the target's name, and those of all that drafts
 */
export function nameBadModel(
  error: unknown,
  files: { readonly target: string; readonly drafting: readonly string[] },
): unknown {
  if (!(error instanceof InvalidLogitsError)) return error;
  const names = error.drafted ? files.drafting : [files.target];
  return environmentError(
    "invalid-logits",
    `${names.join(" or ")} gives NaN or infinite logits, which choose no token`,
    "Its weights are damaged, or numbers overflow on this backend: download it again, or try --gpu off or --flash-attn off.",
  );
}
