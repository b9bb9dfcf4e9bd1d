"""Which of the target's tokens heads can propose."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .features import Recording


@dataclass(frozen=True)
class Outputs:
    """`tokens` [outputs] ascending, or None where outputs are token ids. With a map one further
    output stands for all other tokens."""

    tokens: Tensor | None
    count: int
    # By token of the target its output, [vocabulary].
    of_token: Tensor

    @property
    def reduced(self) -> bool:
        return self.tokens is not None


def choose_outputs(recording: Recording, wanted: int) -> Outputs:
    """The tokens that the target found likeliest most often; all where `wanted` is as many, or 0."""
    vocabulary = int(recording.target["vocabularySize"])
    if wanted == 0 or wanted >= vocabulary:
        return Outputs(None, vocabulary, torch.arange(vocabulary))
    counts = np.zeros(vocabulary)
    for sequence in recording.sequences:
        if sequence.held_out:
            continue
        rows = slice(sequence.start, sequence.start + sequence.rows)
        kept = recording.candidates[rows].ravel()
        np.add.at(counts, kept, recording.probabilities[rows].ravel().astype(np.float64))
    tokens = np.sort(np.argsort(-counts, kind="stable")[:wanted])
    of_token = np.full(vocabulary, wanted)
    of_token[tokens] = np.arange(wanted)
    return Outputs(torch.from_numpy(tokens), wanted + 1, torch.from_numpy(of_token))
