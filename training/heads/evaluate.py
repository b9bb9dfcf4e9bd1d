"""How often heads say what the target says, on text that they were not trained on."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .features import Recording, Sequence
from .model import Heads
from .train import following
from .vocabulary import Outputs


@dataclass(frozen=True)
class Agreement:
    """By head from the first. `right`: its likeliest token is the target's, given the text's own
    tokens before it. `reached`: so it is for it and all heads before it, which on text that the
    target wrote at temperature 0 is acceptance at that position."""

    places: int
    right: list[float]
    reached: list[float]


@torch.no_grad()
def agreement(
    model: Heads, recording: Recording, outputs: Outputs, sequences: list[Sequence], most: int
) -> Agreement:
    """Over the first sequences that have `most` places together."""
    count = model.shape.count
    right, reached, places = torch.zeros(count), torch.zeros(count), 0
    for sequence in sequences:
        if sequence.rows <= count + 1:
            continue
        if places >= most:
            break
        hits = hits_of(model, recording, outputs, sequence)
        right += hits.sum(dim=1)
        reached += hits.cumprod(dim=0).sum(dim=1)
        places += hits.shape[1]
    share = max(places, 1)
    return Agreement(places, (right / share).tolist(), (reached / share).tolist())


def hits_of(
    model: Heads, recording: Recording, outputs: Outputs, sequence: Sequence
) -> Tensor:
    """1 where a head is right: [count, places]."""
    count = model.shape.count
    rows = recording.rows(np.arange(sequence.start, sequence.start + sequence.rows)[None])
    places = sequence.rows - count
    states = model(rows.hidden[:, :places], following(rows, outputs, count))
    hits = []
    for k, state in enumerate(states):
        said = model.output(state[0])
        if outputs.reduced:
            # What stands for all other tokens is never proposed.
            said = said[:, :-1]
        wanted = outputs.of_token[rows.candidates[0, k + 1 : k + 1 + places, 0]]
        hits.append((said.argmax(dim=-1) == wanted).float())
    return torch.stack(hits)
