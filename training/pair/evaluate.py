"""What the finished pair is worth, on files that neither model has seen."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .generate import continue_all
from .model import Llama
from .settings import SEED

EVALUATED_WINDOWS = 240
WINDOW = 256


@torch.no_grad()
def perplexity(model: Llama, stream: np.ndarray) -> float:
    """Per token, over windows spread evenly over the held-out files."""
    starts = np.linspace(0, len(stream) - WINDOW - 1, EVALUATED_WINDOWS).astype(int)
    losses = []
    for some in np.array_split(starts, 15):
        rows = np.stack([stream[start : start + WINDOW + 1] for start in some]).astype(np.int64)
        batch = torch.from_numpy(rows)
        logits = model.output(model(batch[:, :-1]))
        losses.append(F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten()).item())
    return float(np.exp(np.mean(losses)))


@dataclass(frozen=True)
class Acceptance:
    """`alpha` is the per-token acceptance of a chain at temperature 0."""

    alpha: float
    texts: list[list[int]]


@torch.no_grad()
def greedy_acceptance(
    target: Llama, draft: Llama, prompts: list[list[int]], count: int
) -> Acceptance:
    """How often the draft's likeliest token is the target's, along what the target writes."""
    agreed = tested = 0
    texts = []
    for prompt in prompts:
        text = continue_all(
            target,
            torch.tensor([prompt]),
            count,
            torch.zeros(1),
            torch.Generator().manual_seed(SEED),
        )
        drafted = likeliest_tokens(draft, text[:, :-1])[0, len(prompt) - 1 :]
        agreed += int((drafted == text[0, len(prompt) :]).sum())
        tested += count
        texts.append(text[0].tolist())
    return Acceptance(agreed / tested, texts)


def likeliest_tokens(model: Llama, tokens: Tensor) -> Tensor:
    return model.output(model(tokens)).argmax(dim=-1)
