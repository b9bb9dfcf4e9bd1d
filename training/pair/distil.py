"""Distillation: the draft learns the target's own distribution, mostly along the target's own text.

What decides is whether the draft would have said what the target says (Zhou et al. 2024, DistillSpec),
so most of the texts are continuations that the target wrote, and the labels are its probabilities.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .generate import continue_all
from .model import Llama
from .settings import DISTILLATION, SEED, Distillation, Schedule
from .train import run


@dataclass(frozen=True)
class Lessons:
    """Texts [rows, length], and for each position the target's likeliest tokens with their
    probabilities, renormalised: [rows, length, kept] each."""

    texts: Tensor
    tokens: Tensor
    probabilities: Tensor


def write_lessons(target: Llama, stream: np.ndarray, file: Path) -> Lessons:
    """Lets the target continue training prefixes and notes what it thinks at each position."""
    if file.exists():
        return Lessons(**torch.load(file, weights_only=True))
    plan = DISTILLATION
    random = np.random.default_rng(SEED)
    generator = torch.Generator().manual_seed(SEED)
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    for number in range(plan.batches):
        length = int(random.integers(plan.shortest_prefix, plan.longest_prefix + 1))
        starts = random.integers(0, len(stream) - plan.length, plan.rows_per_batch)
        corpus = torch.from_numpy(
            np.stack([stream[start : start + plan.length] for start in starts]).astype(np.int64)
        )
        written = rows_written(plan, corpus, length, target, generator)
        parts.append((written, *likeliest(target, written, plan.kept)))
        print(f"lessons: batch {number + 1}/{plan.batches}", flush=True)
    texts, tokens, probabilities = (torch.cat(column) for column in zip(*parts, strict=True))
    lessons = Lessons(texts, tokens, probabilities)
    torch.save(vars(lessons), file)
    return lessons


def rows_written(
    plan: Distillation, corpus: Tensor, length: int, target: Llama, generator: torch.Generator
) -> Tensor:
    """The first rows stay as the corpus has them, the others are continued by the target."""
    kept = int(plan.corpus_share * len(corpus))
    prompts = corpus[kept:, :length]
    temperatures = torch.zeros(len(prompts))
    temperatures[: int(plan.sampled_share * len(corpus))] = plan.temperature
    continued = continue_all(
        target, prompts, plan.length - length, temperatures, generator
    )
    return torch.cat((corpus[:kept], continued))


@torch.no_grad()
def likeliest(target: Llama, texts: Tensor, kept: int) -> tuple[Tensor, Tensor]:
    tokens, probabilities = [], []
    for rows in texts.split(16):
        best = target.output(target(rows)).softmax(dim=-1).topk(kept, dim=-1)
        tokens.append(best.indices.to(torch.int16))
        probabilities.append(best.values / best.values.sum(dim=-1, keepdim=True))
    return torch.cat(tokens), torch.cat(probabilities).half()


def distil(draft: Llama, lessons: Lessons, schedule: Schedule, checkpoint: Path) -> None:
    """Trains the draft by cross-entropy against the target's probabilities."""
    loss = torch.compile(distillation_loss)

    def loss_of_step(step: int) -> Tensor:
        rows = lesson_rows(len(lessons.texts), schedule, step)
        labels = lessons.tokens[rows], lessons.probabilities[rows]
        return loss(draft, lessons.texts[rows], *labels)

    run(draft, schedule, checkpoint, "distil", loss_of_step)


def lesson_rows(total: int, schedule: Schedule, step: int) -> Tensor:
    """Rows of a step; shuffled anew in each epoch, and depending on the step alone."""
    first = step * schedule.sequences_per_step
    rows = []
    for index in range(first, first + schedule.sequences_per_step):
        epoch, place = divmod(index, total)
        rows.append(int(np.random.default_rng((SEED, epoch)).permutation(total)[place]))
    return torch.tensor(rows)


def distillation_loss(
    draft: Llama, texts: Tensor, tokens: Tensor, probabilities: Tensor
) -> Tensor:
    logarithms = F.log_softmax(draft.output(draft(texts)), dim=-1)
    chosen = logarithms.gather(-1, tokens.long())
    return -(probabilities.float() * chosen).sum(dim=-1).mean()
