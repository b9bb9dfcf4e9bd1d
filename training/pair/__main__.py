"""Trains the embedded pair: `python -m pair --work DIR`, from the folder training/.

Every stage leaves a file in the work folder and is skipped where that is there, so the same command
goes on after an interruption.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .corpus import SourceFile, standard_library
from .distil import distil, write_lessons
from .evaluate import greedy_acceptance, perplexity
from .export import write_gguf
from .model import Llama
from .prompts import write_prompts
from .settings import (
    DISTILLATION_SCHEDULE,
    DRAFT,
    DRAFT_SCHEDULE,
    TARGET,
    TARGET_SCHEDULE,
    VOCABULARY,
)
from .tokenizer import END_OF_TEXT, load_tokenizer, train_tokenizer
from .train import train_on_stream

CARD = (
    "A demonstration model of specdec, trained on the source of the Python standard library. "
    "It continues Python source and knows nothing else."
)
ACCEPTANCE_TOKENS = 96


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m pair", description="Trains specdec's embedded pair."
    )
    parser.add_argument("--work", type=Path, required=True, help="checkpoints; kept for a resume")
    parser.add_argument("--models", type=Path, default=Path("../models"), help="for the GGUF files")
    parser.add_argument(
        "--prompts", type=Path, default=Path("../presets/prompts/python.jsonl"), help="to write"
    )
    options = parser.parse_args()
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    options.models.mkdir(parents=True, exist_ok=True)
    files = standard_library()
    write_prompts(files, options.prompts)
    stream = token_stream(files, work)
    target = train_on_stream(TARGET, TARGET_SCHEDULE, stream, work / "target.pt", "target")
    draft = train_on_stream(DRAFT, DRAFT_SCHEDULE, stream, work / "draft.pt", "draft")
    before = worth(target, draft, files, work, options.prompts)
    distil(
        draft,
        write_lessons(target, stream, work / "lessons.pt"),
        DISTILLATION_SCHEDULE,
        work / "distilled.pt",
    )
    for name, model in (("target", target), ("draft", draft)):
        out = options.models / f"python-tiny-{name}.gguf"
        write_gguf(model, work / "tokenizer.json", out, name=f"python-tiny-{name}", card=CARD)
        print(f"{out}: {model.parameters_total():,} parameters, {out.stat().st_size:,} bytes")
    after = worth(target, draft, files, work, options.prompts)
    print(f"before distillation: {before}\nafter distillation: {after}")


def token_stream(files: list[SourceFile], work: Path) -> np.ndarray:
    """The training files one after another, each behind an end-of-text token."""
    file, tokenizer_file = work / "train.npy", work / "tokenizer.json"
    if file.exists():
        return np.load(file)
    texts = [source.text for source in files if not source.held_out]
    train_tokenizer(texts, VOCABULARY, tokenizer_file)
    stream = encoded(texts, tokenizer_file)
    print(f"corpus: {len(texts)} files, {len(stream):,} tokens", flush=True)
    np.save(file, stream)
    return stream


def encoded(texts: list[str], tokenizer_file: Path) -> np.ndarray:
    tokenizer = load_tokenizer(tokenizer_file)
    end = tokenizer.token_to_id(END_OF_TEXT)
    ids = [id for text in texts for id in (end, *tokenizer.encode(text).ids)]
    return np.array(ids, dtype=np.uint16)


def worth(
    target: Llama, draft: Llama, files: list[SourceFile], work: Path, prompts_file: Path
) -> dict[str, float]:
    """Held-out perplexity of both, and acceptance on the built-in prompts."""
    tokenizer_file = work / "tokenizer.json"
    held_out = encoded([file.text for file in files if file.held_out], tokenizer_file)
    tokenizer = load_tokenizer(tokenizer_file)
    lines = prompts_file.read_text(encoding="utf-8").splitlines()
    prompts = [tokenizer.encode(json.loads(line)["prompt"]).ids for line in lines]
    with torch.no_grad():
        accepted = greedy_acceptance(target, draft, prompts, ACCEPTANCE_TOKENS)
        return {
            "target perplexity": round(perplexity(target, held_out), 2),
            "draft perplexity": round(perplexity(draft, held_out), 2),
            "acceptance at temperature 0": round(accepted.alpha, 3),
        }


if __name__ == "__main__":
    main()
