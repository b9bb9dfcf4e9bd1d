"""Continues many prompts at once."""

import torch
from torch import Tensor

from .model import Llama


@torch.no_grad()
def continue_all(
    model: Llama, prompts: Tensor, count: int, temperatures: Tensor, generator: torch.Generator
) -> Tensor:
    """Prompts [batch, positions] with `count` tokens behind each: [batch, positions + count].

    A row of temperature 0 takes the likeliest token, any other samples. The end of a text does not
    end a row: what follows it is the beginning of another file, as in training.
    """
    batch, length = prompts.shape
    caches = model.new_caches(batch, length + count)
    rows = [prompts]
    following = prompts
    for _ in range(count):
        logits = model.output(model(following, caches)[:, -1])
        following = choose(logits, temperatures, generator)
        rows.append(following)
    return torch.cat(rows, dim=1)


def choose(logits: Tensor, temperatures: Tensor, generator: torch.Generator) -> Tensor:
    likeliest = logits.argmax(dim=-1, keepdim=True)
    warm = temperatures.clamp(min=1e-3)[:, None]
    sampled = torch.multinomial((logits / warm).softmax(dim=-1), 1, generator=generator)
    return torch.where(temperatures[:, None] > 0, sampled, likeliest)
